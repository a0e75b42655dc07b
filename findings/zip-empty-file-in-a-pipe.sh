#!/bin/sh
# Info-ZIP's zip 3.0, which writes an archive into a pipe with its ordinary settings: a file with anything in it is
# deflated, however short it is, and an empty one is stored with its size behind it. Commons Compress 1.22 and the JDK's own
# ZipInputStream, which read a zip as a stream, refuse exactly that: one empty file beside the others makes an
# archive unreadable that unzip finds in order, and that reads well when zip writes it into a file.
# Expected: whether an archive can be read does not hang on a file in it being empty.
set -eu
command -v java >/dev/null || { echo 'A JDK is needed: apt-get install default-jdk-headless' >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -qq libcommons-compress-java=1.22-1 zip=3.0-13 unzip=6.0-28+deb12u1 2>/dev/null
for package in *.deb; do dpkg-deb -x "$package" .; done
printf 'id|name\n1|a\n' >rows.csv
: >empty.csv
usr/bin/zip -q - rows.csv empty.csv | cat >piped.zip
usr/bin/zip -q file.zip rows.csv empty.csv
usr/bin/zip -q - rows.csv | cat >without.zip
usr/bin/unzip -tq piped.zip
cat >Finding.java <<'JAVA'
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveInputStream;

public class Finding {

  static String byCommons(String archive) throws IOException {
    int entries = 0;
    try (ZipArchiveInputStream in = new ZipArchiveInputStream(Files.newInputStream(Path.of(archive)))) {
      for (ZipArchiveEntry entry = in.getNextZipEntry(); entry != null; entry = in.getNextZipEntry()) {
        in.readAllBytes();
        entries++;
      }
      return "reads " + entries;
    } catch (IOException refused) {
      return "reads " + entries + ", then: " + refused.getMessage();
    }
  }

  static String byJdk(String archive) throws IOException {
    int entries = 0;
    try (ZipInputStream in = new ZipInputStream(Files.newInputStream(Path.of(archive)))) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        in.readAllBytes();
        entries++;
      }
      return "reads " + entries;
    } catch (IOException refused) {
      return "reads " + entries + ", then: " + refused.getMessage();
    }
  }

  public static void main(String[] args) throws IOException {
    System.out.println("JDK " + Runtime.version());
    for (String archive : new String[] {"file.zip", "without.zip", "piped.zip"}) {
      System.out.println(archive + ": Commons Compress " + byCommons(archive));
      System.out.println(archive + ": the JDK's stream " + byJdk(archive));
    }
    boolean asFound = byCommons("file.zip").equals("reads 2") && byJdk("file.zip").equals("reads 2")
        && byCommons("without.zip").equals("reads 1") && byJdk("without.zip").equals("reads 1")
        && byCommons("piped.zip").startsWith("reads 1, then: Unsupported feature data descriptor")
        && byJdk("piped.zip").startsWith("reads 1, then: only DEFLATED entries");
    System.out.println(asFound ? "As found: the empty file makes the archive unreadable." : "This has changed.");
    System.exit(asFound ? 0 : 1);
  }
}
JAVA
java -cp usr/share/java/commons-compress-1.22.jar Finding.java
