#!/bin/sh
# Commons CSV 1.9.0 with the backslash as escape sign, which is how NiFi sets it: a backslash at the end of an unquoted value
# takes the line end into the value. The next row vanishes into this one, without an error. Super CSV 2.4.0, which knows
# no escape sign outside quotes, reads two rows out of the same text.
# Expected: an escape sign means something before a delimiter, a quote or itself, and a line end outside quotes ends the row.
set -eu
command -v java >/dev/null || { echo 'A JDK is needed: apt-get install default-jdk-headless' >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -qq libcommons-csv-java=1.9.0-1 libsuper-csv-java=2.4.0-3 2>/dev/null
for package in *.deb; do dpkg-deb -x "$package" .; done
cat >Finding.java <<'JAVA'
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.supercsv.io.CsvListReader;
import org.supercsv.prefs.CsvPreference;

public class Finding {

  public static void main(String[] args) throws Exception {
    String text = "id|path\n1|C:\\data\\\n2|D:\n";
    CSVFormat format = CSVFormat.newFormat('|').withQuote('"').withEscape('\\').withRecordSeparator("\n").withFirstRecordAsHeader();
    List<String> byCommons = new ArrayList<>();
    for (CSVRecord row : CSVParser.parse(text, format)) byCommons.add(row.toList().toString());
    List<String> bySuper = new ArrayList<>();
    try (CsvListReader reader = new CsvListReader(new StringReader(text), new CsvPreference.Builder('"', '|', "\n").build())) {
      reader.getHeader(true);
      for (List<String> row = reader.read(); row != null; row = reader.read()) bySuper.add(row.toString());
    }
    System.out.println("Commons CSV 1.9.0 reads " + byCommons.size() + " row:  " + byCommons.toString().replace("\n", "<line end>"));
    System.out.println("Super CSV 2.4.0 reads   " + bySuper.size() + " rows: " + bySuper);
    boolean asFound = byCommons.equals(List.of("[1, C:\\data\n2, D:]")) && bySuper.equals(List.of("[1, C:\\data\\]", "[2, D:]"));
    System.out.println(asFound ? "As found: the second row is part of the first." : "This has changed.");
    System.exit(asFound ? 0 : 1);
  }
}
JAVA
java -cp usr/share/java/commons-csv-1.9.0.jar:usr/share/java/super-csv-2.4.0.jar Finding.java
