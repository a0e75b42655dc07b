#!/bin/sh
# Super CSV 2.4.0 and Commons CSV 1.9.0 on one row with quotes inside unquoted values, as an inch sign makes them. Super
# CSV begins a quoted part at any quote: the delimiter between two of them becomes part of the value, the quotes vanish,
# and the row has a cell less. To Commons CSV the quotes are ordinary signs. A flow that reads a file with both
# compares rows of different widths.
# Expected: a quote begins a quoted value only where the value begins.
set -eu
command -v java >/dev/null || { echo 'A JDK is needed: apt-get install default-jdk-headless' >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -qq libcommons-csv-java=1.9.0-1 libsuper-csv-java=2.4.0-3 2>/dev/null
for package in *.deb; do dpkg-deb -x "$package" .; done
cat >Finding.java <<'JAVA'
import java.io.StringReader;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.supercsv.io.CsvListReader;
import org.supercsv.prefs.CsvPreference;

public class Finding {

  public static void main(String[] args) throws Exception {
    String text = "room|board|screen\n1|4\" wide|6\" wide\n";
    CSVFormat format = CSVFormat.newFormat('|').withQuote('"').withRecordSeparator("\n").withFirstRecordAsHeader();
    List<String> byCommons = CSVParser.parse(text, format).getRecords().get(0).toList();
    List<String> bySuper;
    try (CsvListReader reader = new CsvListReader(new StringReader(text), new CsvPreference.Builder('"', '|', "\n").build())) {
      reader.getHeader(true);
      bySuper = reader.read();
    }
    System.out.println("Commons CSV 1.9.0 reads " + byCommons.size() + " cells: " + byCommons);
    System.out.println("Super CSV 2.4.0 reads   " + bySuper.size() + " cells: " + bySuper);
    boolean asFound = byCommons.equals(List.of("1", "4\" wide", "6\" wide")) && bySuper.equals(List.of("1", "4 wide|6 wide"));
    System.out.println(asFound ? "As found: the two read different rows." : "This has changed.");
    System.exit(asFound ? 0 : 1);
  }
}
JAVA
java -cp usr/share/java/commons-csv-1.9.0.jar:usr/share/java/super-csv-2.4.0.jar Finding.java
