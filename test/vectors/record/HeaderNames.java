import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.StringJoiner;
import java.util.TreeMap;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;

/**
 * Records `commons-csv-header-names.json`: for each header on standard input, one a line, the names that Commons CSV's
 * header map holds, in the order of their places. Set as NiFi 1.12.1 sets it for a custom format.
 *
 *   javac -cp commons-csv.jar HeaderNames.java
 *   java -cp commons-csv.jar:. HeaderNames < headers.txt > ../commons-csv-header-names.json
 */
public class HeaderNames {
    public static void main(String[] arguments) throws IOException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        StringJoiner vectors = new StringJoiner(",\n ", "[\n ", "\n]");
        for (String header = lines.readLine(); header != null; header = lines.readLine()) {
            CSVFormat plain = CSVFormat.newFormat('|').withAllowMissingColumnNames().withIgnoreEmptyLines()
                .withQuote('"').withEscape('\\').withFirstRecordAsHeader();
            CSVFormat trimmed = plain.withTrim(true);
            vectors.add("{\"header\":" + text(header)
                + ",\"asTheyStand\":" + names(header, plain)
                + ",\"trimmed\":" + names(header, trimmed)
                + ",\"trimmedWithNull\":" + names(header, trimmed.withNullString("NULL")) + "}");
        }
        System.out.println(vectors);
    }

    private static String names(String header, CSVFormat format) throws IOException {
        try (CSVParser parser = new CSVParser(new StringReader(header + "\n"), format)) {
            TreeMap<Integer, String> byPlace = new TreeMap<>();
            parser.getHeaderMap().forEach((name, place) -> byPlace.put(place, name));
            StringJoiner names = new StringJoiner(",", "[", "]");
            byPlace.values().forEach(name -> names.add(text(name)));
            return names.toString();
        }
    }

    private static String text(String value) {
        return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
