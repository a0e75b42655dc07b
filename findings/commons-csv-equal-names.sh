#!/bin/sh
# Commons CSV 1.9.0: a header in which a name stands twice is read without an error. The map of names keeps the last place of
# each, so that a map of a row is a cell shorter than the row, while the row's cells keep their places: whoever
# takes the names from the map and the cells by their place puts them under the wrong names.
# Expected: an error, or both cells to be reached by name.
set -eu
command -v java >/dev/null || { echo 'A JDK is needed: apt-get install default-jdk-headless' >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -qq libcommons-csv-java=1.9.0-1 2>/dev/null
for package in *.deb; do dpkg-deb -x "$package" .; done
cat >Finding.java <<'JAVA'
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

public class Finding {

  public static void main(String[] args) throws Exception {
    String text = "school|note|note|grade\n7|a|b|3\n";
    CSVFormat format = CSVFormat.newFormat('|').withQuote('"').withRecordSeparator("\n").withFirstRecordAsHeader();
    CSVParser parser = CSVParser.parse(text, format);
    CSVRecord row = parser.getRecords().get(0);
    System.out.println("Places by name: " + parser.getHeaderMap());
    System.out.println("Cells of a row: " + row.toList());
    System.out.println("Row by name:    " + new TreeMap<>(row.toMap()));
    boolean asFound = parser.getHeaderMap().equals(Map.of("school", 0, "note", 2, "grade", 3))
        && row.size() == 4 && row.toMap().equals(Map.of("school", "7", "note", "b", "grade", "3"));
    System.out.println(asFound ? "As found: three names for four cells, and no error." : "This has changed.");
    System.exit(asFound ? 0 : 1);
  }
}
JAVA
java -cp usr/share/java/commons-csv-1.9.0.jar Finding.java
