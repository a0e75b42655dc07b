import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.File;
import java.io.FileInputStream;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveInputStream;

/**
 * Says of each zip whose path stands on a line of standard input what NiFi's UnpackContent (1.12.1; format zip, filter
 * `.*`, no password) makes of it with Commons Compress: one line of JSON each. It takes every entry that is no folder;
 * any exception, or no entry at all, and nothing of the archive is loaded.
 */
public class RecordZip {
    public static void main(String[] arguments) throws Exception {
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        BufferedReader paths = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String path = paths.readLine(); path != null; path = paths.readLine()) out.println(verdictOf(path));
        out.flush();
    }

    private static String verdictOf(String path) {
        StringBuilder entries = new StringBuilder();
        try (ZipArchiveInputStream zip =
                new ZipArchiveInputStream(new BufferedInputStream(new FileInputStream(path)))) {
            for (ZipArchiveEntry entry = zip.getNextZipEntry(); entry != null; entry = zip.getNextZipEntry()) {
                if (entry.isDirectory()) continue;
                // What UnpackContent does with a name; it refuses one that the file system cannot have.
                new File(entry.getName()).toPath().toAbsolutePath();
                entries.append(entries.length() == 0 ? "" : ",").append(contentOf(zip, entry.getName()));
            }
        } catch (Exception error) {
            String reason = error.getClass().getSimpleName() + ": " + error.getMessage();
            return "{\"refused\":" + quoted(reason) + "}";
        }
        if (entries.length() == 0) return "{\"refused\":\"no entries\"}";
        return "{\"loads\":[" + entries + "]}";
    }

    private static String contentOf(InputStream zip, String name) throws Exception {
        CRC32 checksum = new CRC32();
        long bytes = 0;
        byte[] buffer = new byte[8192];
        for (int length = zip.read(buffer); length > 0; length = zip.read(buffer)) {
            checksum.update(buffer, 0, length);
            bytes += length;
        }
        return "{\"name\":" + quoted(name) + ",\"bytes\":" + bytes + ",\"crc32\":" + checksum.getValue() + "}";
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (char sign : text.toCharArray()) {
            if (sign == '"' || sign == '\\') quoted.append('\\').append(sign);
            else if (sign < 32 || sign > 126) quoted.append(String.format("\\u%04x", (int) sign));
            else quoted.append(sign);
        }
        return quoted.append('"').toString();
    }
}
