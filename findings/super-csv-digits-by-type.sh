#!/bin/sh
# Super CSV 2.4.0: a number in Devanagari digits is a number to ParseInt, ParseLong and ParseBigDecimal and none to
# ParseDouble. With `1d` and `0x1p3` it is the other way round: only ParseDouble takes them. Whether a column takes a value
# depends on which of the number types was chosen for it, also for whole numbers that all of them hold.
# Expected: what is a whole number to ParseInt is a number to ParseDouble.
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
import java.util.stream.Collectors;
import org.supercsv.cellprocessor.ParseBigDecimal;
import org.supercsv.cellprocessor.ParseDouble;
import org.supercsv.cellprocessor.ParseInt;
import org.supercsv.cellprocessor.ParseLong;
import org.supercsv.cellprocessor.ift.CellProcessor;
import org.supercsv.exception.SuperCsvException;
import org.supercsv.util.CsvContext;

public class Finding {

  static String takes(CellProcessor processor, String value) {
    try {
      return processor.execute(value, new CsvContext(1, 1, 1)).toString();
    } catch (SuperCsvException refused) {
      return "refused";
    }
  }

  public static void main(String[] args) {
    List<String> seen = new ArrayList<>();
    for (String value : new String[] {"12", "\u0967\u0968", "1d", "0x1p3"}) {
      String line = value.chars().mapToObj(unit -> unit < 128 ? String.valueOf((char) unit) : String.format("U+%04X", unit)).collect(Collectors.joining())
          + ": int " + takes(new ParseInt(), value) + ", long " + takes(new ParseLong(), value)
          + ", decimal " + takes(new ParseBigDecimal(), value) + ", double " + takes(new ParseDouble(), value);
      System.out.println(line);
      seen.add(line);
    }
    boolean asFound = seen.equals(List.of(
        "12: int 12, long 12, decimal 12, double 12.0",
        "U+0967U+0968: int 12, long 12, decimal 12, double refused",
        "1d: int refused, long refused, decimal refused, double 1.0",
        "0x1p3: int refused, long refused, decimal refused, double 8.0"));
    System.out.println(asFound ? "As found: the types do not agree on what a number is." : "This has changed.");
    System.exit(asFound ? 0 : 1);
  }
}
JAVA
java -cp usr/share/java/super-csv-2.4.0.jar Finding.java
