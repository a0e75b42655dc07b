#!/bin/sh
# Info-ZIP's zip 3.0 with one and the same file of ten bytes: out of a named file or standard input, into a file or a pipe. Out
# of standard input it makes the entry Zip64, into a pipe it puts the sizes behind the data. ZipInputStream of JDK 17
# takes either alone and refuses the two together; Commons Compress 1.22 reads all four archives. So each half of
# a pipeline works with the JDK, and the whole does not.
# Expected: what zip writes of ten bytes is read by the JDK, whichever ends are pipes.
set -eu
command -v java >/dev/null || { echo 'A JDK is needed: apt-get install default-jdk-headless' >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -qq libcommons-compress-java=1.22-1 zip=3.0-13 unzip=6.0-28+deb12u1 2>/dev/null
for package in *.deb; do dpkg-deb -x "$package" .; done
printf 'id|n\n1|ab\n' >rows.csv
usr/bin/zip -q file-to-file.zip rows.csv
usr/bin/zip -q - rows.csv | cat >file-to-pipe.zip
cat rows.csv | usr/bin/zip -q pipe-to-file.zip -
cat rows.csv | usr/bin/zip -q - - | cat >pipe-to-pipe.zip
for archive in *.zip; do usr/bin/unzip -tq "$archive"; done
cat >Finding.java <<'JAVA'
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveInputStream;

public class Finding {

  interface Entry {
    void open() throws IOException;
  }

  static String bytesOf(InputStream in, Entry next) throws IOException {
    try (in) {
      next.open();
      return in.readAllBytes().length + " bytes";
    } catch (ZipException refused) {
      return refused.getMessage();
    }
  }

  public static void main(String[] args) throws IOException {
    System.out.println("JDK " + Runtime.version());
    List<String> byJdk = new ArrayList<>();
    List<String> byCommons = new ArrayList<>();
    for (String way : new String[] {"file-to-file", "file-to-pipe", "pipe-to-file", "pipe-to-pipe"}) {
      Path archive = Path.of(way + ".zip");
      ZipInputStream jdk = new ZipInputStream(Files.newInputStream(archive));
      ZipArchiveInputStream commons = new ZipArchiveInputStream(Files.newInputStream(archive));
      byJdk.add(bytesOf(jdk, jdk::getNextEntry));
      byCommons.add(bytesOf(commons, commons::getNextZipEntry));
      System.out.println(way + ": Commons Compress " + byCommons.get(byCommons.size() - 1) + ", the JDK " + byJdk.get(byJdk.size() - 1));
    }
    boolean asFound = byCommons.equals(List.of("10 bytes", "10 bytes", "10 bytes", "10 bytes"))
        && byJdk.equals(List.of("10 bytes", "10 bytes", "10 bytes", "invalid entry size (expected 0 but got 10 bytes)"));
    System.out.println(asFound ? "As found: only from pipe to pipe it is unreadable to the JDK." : "This has changed.");
    System.exit(asFound ? 0 : 1);
  }
}
JAVA
java -cp usr/share/java/commons-compress-1.22.jar Finding.java
