package org.openingminute.payment.sandbox;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.openingminute.kit.problem.RedactedException;
import org.openingminute.kit.runtime.PollingJob;
import org.openingminute.messaging.DueWork;
import org.openingminute.messaging.TraceContext;
import org.openingminute.payment.PaymentServiceSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Delivers signed webhooks to the customer's public address until the customer acknowledges them. */
@Component
@RehearsalOnly
final class WebhookDelivery extends PollingJob implements DueWork {

    private static final Logger log = LoggerFactory.getLogger(WebhookDelivery.class);
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(10);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);
    private static final int AT_ONCE = 32;

    private final WebhookQueue queue;
    private final URI target;
    private final SecretKeySpec secret;
    private final Clock clock;
    private final TraceContext traces;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();

    WebhookDelivery(WebhookQueue queue, PaymentServiceSettings settings, Clock clock, TraceContext traces) {
        super("sandbox-webhooks");
        this.queue = queue;
        String configured = settings.sandbox().webhookUrl();
        this.target =
                URI.create(configured.isBlank() ? settings.publicUrl() + "/api/payments/webhooks/sandbox" : configured);
        this.secret =
                new SecretKeySpec(settings.sandbox().webhookSecret().getBytes(StandardCharsets.UTF_8), "HmacSHA256");
        this.clock = clock;
        this.traces = traces;
    }

    @Override
    public String dueAt() {
        return "select min(deliver_at) from sandbox.webhook where state = 'waiting'";
    }

    @Override
    protected boolean work() {
        List<WebhookQueue.Delivery> due = queue.claim(AT_ONCE);
        Queue<WebhookQueue.DeliveryOutcome> outcomes = new ConcurrentLinkedQueue<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            due.forEach(delivery -> threads.execute(() ->
                    traces.resume("deliver webhook", delivery.traceparent(), () -> outcomes.add(deliver(delivery)))));
        }
        queue.note(outcomes);
        return due.size() == AT_ONCE;
    }

    private WebhookQueue.DeliveryOutcome deliver(WebhookQueue.Delivery delivery) {
        byte[] body = delivery.body().getBytes(StandardCharsets.UTF_8);
        HttpRequest.Builder request = HttpRequest.newBuilder(target)
                .timeout(ANSWER_WITHIN)
                .header("Content-Type", "application/json")
                .header("Sandbox-Signature", sign(body))
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        traces.current().forEach(request::header);
        try {
            int status = http.send(request.build(), HttpResponse.BodyHandlers.discarding())
                    .statusCode();
            if (status / 100 == 2) {
                return new WebhookQueue.DeliveryOutcome(delivery, null);
            }
            log.info("A webhook was answered with {}, sending it again later", status);
        } catch (IOException e) {
            log.info("A webhook could not be delivered, sending it again later: {}", RedactedException.types(e));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        return new WebhookQueue.DeliveryOutcome(delivery, pauseAfter(delivery.attempts()));
    }

    private static Duration pauseAfter(int attempts) {
        Duration pause = Duration.ofSeconds(1L << Math.min(attempts - 1, 10));
        return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
    }

    private String sign(byte[] body) {
        String seconds = Long.toString(clock.instant().getEpochSecond());
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(secret);
            mac.update(seconds.getBytes(StandardCharsets.US_ASCII));
            mac.update((byte) '.');
            return "t=" + seconds + ",v1=" + HexFormat.of().formatHex(mac.doFinal(body));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HMAC-SHA256", e);
        }
    }
}
