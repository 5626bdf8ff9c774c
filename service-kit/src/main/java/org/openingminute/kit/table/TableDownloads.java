package org.openingminute.kit.table;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.openingminute.kit.problem.AbortedResponse;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.problem.RedactedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;

/**
 * Streams tables as files, a limited number at a time. Each page of rows is read, written and sent before the next is read, so memory does
 * not grow with the length of the file. After each page a download pauses for twice as long as the page took, 200 ms at most, so that a
 * sale beside it keeps its capacity. A download that fails midway is aborted, so that the client sees an incomplete file. Thread-safe.
 */
public final class TableDownloads {

    private static final Logger log = LoggerFactory.getLogger(TableDownloads.class);

    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(10);
    /** Limits the pause, because time that a slow client took to receive a page is already a pause. */
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(200);

    private final Semaphore places;

    /** @param atOnce how many downloads may run at the same time */
    public TableDownloads(int atOnce) {
        places = new Semaphore(atOnce);
    }

    /**
     * A file to send.
     *
     * @param name the file's name, without extension
     * @param table the name of the table in the file
     * @param columns the column headings
     * @param pages returns the next rows, and an empty list at the end. Must not hold a connection between calls
     * @param begins runs after the first page is read and before anything is sent; if it throws, the exception becomes the response
     */
    public record TableDownload(
            String name,
            String table,
            List<String> columns,
            TableFile.Format format,
            Supplier<List<List<Object>>> pages,
            Runnable begins) {}

    /**
     * Sends a file.
     *
     * @throws Problem {@code unavailable} if the limit is reached; also whatever reading the first page throws
     */
    public void send(HttpServletRequest request, HttpServletResponse response, TableDownload download) {
        if (HttpMethod.HEAD.matches(request.getMethod())) {
            describe(response, download);
            return;
        }
        enter();
        try {
            List<List<Object>> first = download.pages().get();
            download.begins().run();
            describe(response, download);
            write(response, download, first);
        } catch (IOException | UncheckedIOException e) {
            log.debug("The client of a download has disconnected: {}", RedactedException.types(e));
            AbortedResponse.mark(request);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            AbortedResponse.mark(request);
        } catch (RuntimeException e) {
            if (!response.isCommitted()) {
                response.reset();
                throw e;
            }
            log.error("A download failed midway", RedactedException.of(e));
            AbortedResponse.mark(request);
        } finally {
            places.release();
        }
    }

    private void enter() {
        try {
            if (places.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw Problem.unavailable("Other files are being made right now. Please try again in some seconds.")
                .because("files-busy")
                .retryAfter(RETRY_AFTER);
    }

    private static void describe(HttpServletResponse response, TableDownload download) {
        response.setContentType(download.format().type().toString());
        response.setHeader(HttpHeaders.CACHE_CONTROL, "private, no-store");
        response.setHeader(
                HttpHeaders.CONTENT_DISPOSITION,
                ContentDisposition.attachment()
                        .filename(download.name() + "." + download.format().ending())
                        .build()
                        .toString());
    }

    private static void write(HttpServletResponse response, TableDownload download, List<List<Object>> first)
            throws IOException, InterruptedException {
        TableFile file = download.format().open(response.getOutputStream(), download.table());
        file.row(List.copyOf(download.columns()));
        List<List<Object>> page = first;
        while (!page.isEmpty()) {
            long began = System.nanoTime();
            for (List<Object> row : page) {
                file.row(row.stream().map(SpreadsheetCell::of).toList());
            }
            file.flush();
            response.flushBuffer();
            page = download.pages().get();
            Duration pause = Duration.ofNanos(2 * (System.nanoTime() - began));
            Thread.sleep(pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE);
        }
        file.finish();
        response.flushBuffer();
    }
}
