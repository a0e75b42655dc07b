#!/bin/sh
# Which Java class tells that an entry of a zip is not what its checksum says? Of the JDK's two readers ZipInputStream does
# and ZipFile does not (JDK 17); of the two of Commons Compress 1.22 neither does, while unzip does.
# The archive is in order but for one bit of the checksum, at both places that it stands in.
# Expected: a reader that hands out the last byte of an entry without an error has compared the checksum.
set -eu
command -v java >/dev/null || { echo 'A JDK is needed: apt-get install default-jdk-headless' >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -qq libcommons-compress-java=1.22-1 unzip=6.0-28+deb12u1 2>/dev/null
for package in *.deb; do dpkg-deb -x "$package" .; done
cat >Finding.java <<'JAVA'
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveInputStream;

public class Finding {

  static final int DATA_DESCRIPTOR = 0x08074b50;
  static final int DIRECTORY_ENTRY = 0x02014b50;

  interface Reader {
    InputStream open() throws IOException;
  }

  static List<String> seen = new ArrayList<>();

  static void look(String reader, Reader entry) throws IOException {
    try (InputStream in = entry.open()) {
      seen.add(in.readAllBytes().length + " bytes, no error");
    } catch (ZipException told) {
      seen.add(told.getMessage().replaceAll(" \\(.*", ""));
    }
    System.out.println(reader + ": " + seen.get(seen.size() - 1));
  }

  public static void main(String[] args) throws IOException {
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    try (ZipOutputStream out = new ZipOutputStream(written)) {
      out.putNextEntry(new ZipEntry("rows.csv"));
      out.write("id|n\n1|ab\n".getBytes(StandardCharsets.UTF_8));
    }
    byte[] archive = written.toByteArray();
    ByteBuffer bytes = ByteBuffer.wrap(archive).order(ByteOrder.LITTLE_ENDIAN);
    for (int at = 0; at <= archive.length - 4; at++) {
      if (bytes.getInt(at) == DATA_DESCRIPTOR) archive[at + 4] ^= 1;
      if (bytes.getInt(at) == DIRECTORY_ENTRY) archive[at + 16] ^= 1;
    }
    Path file = Files.write(Path.of("wrong-sum.zip"), archive);

    System.out.println("JDK " + Runtime.version());
    look("JDK, ZipInputStream", () -> {
      ZipInputStream in = new ZipInputStream(Files.newInputStream(file));
      in.getNextEntry();
      return in;
    });
    java.util.zip.ZipFile byJdk = new java.util.zip.ZipFile(file.toFile());
    look("JDK, ZipFile", () -> byJdk.getInputStream(byJdk.getEntry("rows.csv")));
    look("Commons Compress, ZipArchiveInputStream", () -> {
      ZipArchiveInputStream in = new ZipArchiveInputStream(Files.newInputStream(file));
      in.getNextZipEntry();
      return in;
    });
    var byCommons = new org.apache.commons.compress.archivers.zip.ZipFile(file.toFile());
    look("Commons Compress, ZipFile", () -> byCommons.getInputStream(byCommons.getEntry("rows.csv")));
    boolean asFound = seen.equals(List.of("invalid entry CRC", "10 bytes, no error", "10 bytes, no error", "10 bytes, no error"));
    System.out.println(asFound ? "As found: one of four tells." : "This has changed.");
    System.exit(asFound ? 0 : 1);
  }
}
JAVA
java -cp usr/share/java/commons-compress-1.22.jar Finding.java
usr/bin/unzip -tq wrong-sum.zip && { echo 'unzip tells nothing: this has changed.'; exit 1; }
echo 'unzip tells it.'
