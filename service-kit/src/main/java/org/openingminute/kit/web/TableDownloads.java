package org.openingminute.kit.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.openingminute.kit.problem.CutOff;
import org.openingminute.kit.problem.Fault;
import org.openingminute.kit.problem.Problem;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;

/**
 * Sends tables as files while they are read, some at the same time and no more: a page of rows is read, written and sent before the
 * next, so that a file of any length takes as much memory as a page. Between two pages it is idle for as long as a page took. A file
 * that breaks off is cut off. Thread-safe.
 */
public final class TableDownloads {

    private static final Logger log = LoggerFactory.getLogger(TableDownloads.class);

    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(10);
    /** A client that is slow to take a page is not waited for twice. */
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(100);

    private final Semaphore places;

    /**
     * The downloads of one instance.
     *
     * @param atOnce how many files may be on their way
     */
    public TableDownloads(int atOnce) {
        places = new Semaphore(atOnce);
    }

    /**
     * A file to be sent.
     *
     * @param name of the file, without its ending
     * @param table name of the table in it
     * @param columns the names of the columns
     * @param pages gives the next rows, none at the end. Whatever it needs for reading is given back when it returns
     * @param begins called with the first page read and nothing sent; if it throws, that is the answer
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
     * @throws Problem {@code unavailable} if as many are on their way as may be; and whatever reading the first page throws
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
            log.debug("The client of a file has gone: {}", Fault.types(e));
            CutOff.mark(request);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            CutOff.mark(request);
        } catch (RuntimeException e) {
            if (!response.isCommitted()) {
                response.reset();
                throw e;
            }
            log.error("A file broke off", Fault.of(e));
            CutOff.mark(request);
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
            Duration took = Duration.ofNanos(System.nanoTime() - began);
            Thread.sleep(took.compareTo(LONGEST_PAUSE) < 0 ? took : LONGEST_PAUSE);
        }
        file.finish();
        response.flushBuffer();
    }
}
