package org.openingminute.registration.ops;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.ActionCode;
import org.openingminute.kit.problem.Problem;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import tools.jackson.databind.json.JsonMapper;

/**
 * Refuses requests before anything else is done for them, and before their bodies are read, and says which thread handles the
 * others. A request for seats waits for its batch without a thread; while too many wait, the next is refused. All other calls
 * may block: 64 of them are at work, the others wait for 2 s, and of reads 512 are inside. Management and status calls are
 * never refused.
 */
final class LoadSheddingValve extends ValveBase {

    /** Many times the number that the database answers at once. */
    private static final int AT_WORK = 64;

    private static final int READS = 512;

    /** As many as may wait at most; more would only be refused later. */
    private static final int UNQUEUED = 1_024;

    /** As long as a connection of the pool is waited for. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private static final HttpStatus STATUS = HttpStatus.SERVICE_UNAVAILABLE;
    private static final Pattern SEATS = Pattern.compile("(/api)?/conferences/([^/]+)/(registrations|register)");

    /** Decides about requests for seats. */
    interface Seats {

        /** Whether the next is refused, and counted as such. */
        boolean shed();

        /** Whether one for this conference is queued without SQL. */
        boolean knows(String conference);
    }

    private final ConnectorThreads threads;
    private final Seats seats;
    private final Semaphore atWork;
    private final Semaphore reads;
    private final Semaphore unqueued;
    private final Duration patience;
    private final Counter shed;
    private final byte[] refusal;
    private final byte[] refusalOfHead;

    LoadSheddingValve(ConnectorThreads threads, Seats seats, MeterRegistry meters, JsonMapper mapper) {
        this(threads, seats, meters, mapper, new Limits(AT_WORK, READS, UNQUEUED, PATIENCE));
    }

    /**
     * @param atWork calls that may block, at the same time
     * @param reads of them and of those that wait, the most reads
     * @param unqueued requests for seats that were handed over and are not queued yet, as those with a slow body
     * @param patience how long a call waits for its turn
     */
    record Limits(int atWork, int reads, int unqueued, Duration patience) {}

    LoadSheddingValve(ConnectorThreads threads, Seats seats, MeterRegistry meters, JsonMapper mapper, Limits limits) {
        super(true);
        this.threads = threads;
        this.seats = seats;
        this.atWork = new Semaphore(limits.atWork(), true);
        this.reads = new Semaphore(limits.reads());
        this.unqueued = new Semaphore(limits.unqueued());
        this.patience = limits.patience();
        this.shed = Counter.builder("http.shed")
                .description("Calls that were refused before any work, but for seats because too many wait")
                .register(meters);
        Gauge.builder("http.calls.working", atWork, free -> limits.atWork() - free.availablePermits())
                .description("Calls that may block and are at work")
                .register(meters);
        Gauge.builder("http.calls.waiting", atWork, Semaphore::getQueueLength)
                .description("Calls that wait for one of those to end")
                .register(meters);
        Problem unavailable = Problem.unavailable();
        String body = mapper.writeValueAsString(unavailable.body());
        String head = """
                HTTP/1.1 %d \r
                Retry-After: %s\r
                Content-Type: %s\r
                Content-Length: %d\r
                \r
                """.formatted(
                        STATUS.value(),
                        unavailable.retryAfter().orElseThrow(),
                        MediaType.APPLICATION_PROBLEM_JSON_VALUE,
                        body.length());
        this.refusalOfHead = head.getBytes(StandardCharsets.US_ASCII);
        this.refusal = (head + body).getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
        if (ConnectorThreads.takesOver(request)) {
            invokeBlocking(request, response);
        } else if (request.isAsync()) {
            // The answer to a request that has been let in.
            getNext().invoke(request, response);
        } else if (!isForSeats(request, _ -> true) || !hasArrived(request)) {
            threads.handOver(request);
        } else if (seats.shed()) {
            refuse(response);
        } else if (isForSeats(request, seats::knows)
                && request.getDecodedRequestURI().startsWith("/api/")) {
            getNext().invoke(request, response);
        } else {
            threads.handOver(request);
        }
    }

    private void invokeBlocking(Request request, Response response) throws IOException, ServletException {
        String path = request.getDecodedRequestURI();
        if (path.startsWith("/actuator/") || path.startsWith("/internal/")) {
            getNext().invoke(request, response);
        } else if (isForSeats(request, _ -> true)) {
            if (seats.shed()) {
                refuse(response);
            } else {
                invokeLimited(unqueued, Duration.ZERO, response, () -> getNext().invoke(request, response));
            }
        } else if (isRead(request)) {
            invokeLimited(reads, Duration.ZERO, response, () -> invokeInTurn(request, response));
        } else {
            invokeInTurn(request, response);
        }
    }

    private void invokeInTurn(Request request, Response response) throws IOException, ServletException {
        invokeLimited(atWork, patience, response, () -> getNext().invoke(request, response));
    }

    private interface Work {
        void run() throws IOException, ServletException;
    }

    private void invokeLimited(Semaphore places, Duration wait, Response response, Work work)
            throws IOException, ServletException {
        if (!acquired(places, wait)) {
            shed.increment();
            refuse(response);
            return;
        }
        try {
            work.run();
        } finally {
            places.release();
        }
    }

    private static boolean acquired(Semaphore places, Duration wait) {
        try {
            return places.tryAcquire(wait.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static boolean isForSeats(Request request, Predicate<String> conference) {
        if (!request.getMethod().equals("POST")) {
            return false;
        }
        Matcher path = SEATS.matcher(request.getDecodedRequestURI());
        return path.matches() && conference.test(path.group(2));
    }

    private static boolean isRead(Request request) {
        return request.getMethod().equals("GET") || request.getMethod().equals("HEAD");
    }

    /** Whether all of the body is here, so that reading it does not block. */
    private static boolean hasArrived(Request request) {
        long length = request.getContentLengthLong();
        return length >= 0
                && length <= request.getCoyoteRequest().getInputBuffer().available();
    }

    /**
     * Writes all of the response at once, and so past Tomcat, which ends the connection with each 503: whoever asks again would
     * have to connect again, which costs more than the refusal. Tomcat is not told of the status for that. The connection ends
     * where the client waits to be asked for its body, which may never come then.
     */
    private void refuse(Response response) throws IOException {
        Request request = response.getRequest();
        org.apache.coyote.Response raw = response.getCoyoteResponse();
        raw.setCommitted(true);
        raw.doWrite(ByteBuffer.wrap(request.getMethod().equals("HEAD") ? refusalOfHead : refusal));
        if (request.getCoyoteRequest().hasExpectation()) {
            request.getCoyoteRequest().action(ActionCode.DISABLE_SWALLOW_INPUT, null);
        }
    }
}
