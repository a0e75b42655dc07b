#!/bin/sh
# Super CSV 2.4.0: ParseDate("yyyy-MM-dd"), which is not lenient, takes a date with any text behind it, a day of one digit,
# and the year 26; it refuses a day of three digits. It parses as far as it can and does not ask whether anything is left.
# Expected: a value that is not the date of the pattern and nothing else is refused.
set -eu
command -v java >/dev/null || { echo 'A JDK is needed: apt-get install default-jdk-headless' >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -qq libsuper-csv-java=2.4.0-3 2>/dev/null
for package in *.deb; do dpkg-deb -x "$package" .; done
cat >Finding.java <<'JAVA'
import java.util.ArrayList;
import java.util.List;
import org.supercsv.cellprocessor.ParseDate;
import org.supercsv.cellprocessor.ift.CellProcessor;
import org.supercsv.exception.SuperCsvException;
import org.supercsv.util.CsvContext;

public class Finding {

  public static void main(String[] args) {
    CellProcessor date = new ParseDate("yyyy-MM-dd");
    String[] values = {"2026-01-05", "2026-01-05 and more", "2026-01-5x", "26-01-05", "2026-13-05", "2026-01-050"};
    List<Boolean> taken = new ArrayList<>();
    for (String value : values) {
      boolean takes;
      try {
        date.execute(value, new CsvContext(1, 1, 1));
        takes = true;
      } catch (SuperCsvException refused) {
        takes = false;
      }
      taken.add(takes);
      System.out.println((takes ? "taken   " : "refused ") + value);
    }
    boolean asFound = taken.equals(List.of(true, true, true, true, false, false));
    System.out.println(asFound ? "As found: what stands behind the date does not count." : "This has changed.");
    System.exit(asFound ? 0 : 1);
  }
}
JAVA
java -cp usr/share/java/super-csv-2.4.0.jar Finding.java
