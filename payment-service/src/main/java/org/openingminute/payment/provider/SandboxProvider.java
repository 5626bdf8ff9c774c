package org.openingminute.payment.provider;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openingminute.payment.lifecycle.Money;
import org.openingminute.payment.lifecycle.PaymentRequest;
import org.openingminute.payment.lifecycle.PaymentTrigger;
import org.openingminute.payment.provider.ProviderException.MessageRefused;
import org.openingminute.payment.provider.ProviderException.ProviderUnavailable;
import org.openingminute.payment.provider.ProviderSession.SessionOrder;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** The client of the rehearsal's sandbox, called like any provider: over HTTP, with a key, and with signed webhooks in return. */
public final class SandboxProvider implements CardProvider {

    private static final Duration CONNECT_WITHIN = Duration.ofSeconds(1);
    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private final RestClient http;
    private final Supplier<String> api;
    private final String publicUrl;
    private final SandboxSignature signature;
    private final Clock clock;

    /**
     * The sandbox's address and shared secrets.
     *
     * @param url read for each call: the sandbox may be part of this process, whose port is known only after the start
     * @param publicUrl where payers come from and return to
     */
    public record Account(Supplier<String> url, String apiKey, String webhookSecret, String publicUrl) {}

    public SandboxProvider(RestClient.Builder http, Account account, Clock clock) {
        HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT_WITHIN)
                .build();
        this.http = http.requestFactory(new JdkClientHttpRequestFactory(client))
                .defaultHeader(HttpHeaders.AUTHORIZATION, "Bearer " + account.apiKey())
                .build();
        this.api = account.url();
        this.publicUrl = account.publicUrl();
        this.signature = new SandboxSignature(account.webhookSecret());
        this.clock = clock;
    }

    @Override
    public String name() {
        return "sandbox";
    }

    @Override
    public ProviderSession open(SessionOrder order) {
        PaymentRequest request = order.request();
        SandboxNewSession wanted = new SandboxNewSession(
                request.registration(),
                request.reference(),
                request.conferenceName(),
                order.amount(),
                request.lines().stream()
                        .map(line ->
                                new SandboxNewSession.SandboxLine(line.description(), line.quantity(), line.amount()))
                        .toList(),
                request.discount(),
                request.tax(),
                publicUrl + "/registrations/" + request.registration() + "?paid=true");
        return session(call(HttpMethod.POST, "/sessions", order.key(), wanted));
    }

    @Override
    public Optional<ProviderSession> opened(UUID key) {
        return find("/sessions/by-key/" + key).map(this::session);
    }

    @Override
    public ProviderSession fetch(String session) {
        return session(call(HttpMethod.GET, "/sessions/" + session, null, null));
    }

    @Override
    public ProviderSession end(String session) {
        return session(call(HttpMethod.POST, "/sessions/" + session + "/end", null, null));
    }

    @Override
    public RefundResult refund(RefundRequest order) {
        return refund(
                call(HttpMethod.POST, "/refunds", order.key(), new SandboxNewRefund(order.payment(), order.amount())));
    }

    @Override
    public Optional<RefundResult> refunded(RefundRequest order) {
        return find("/refunds/by-key/" + order.key()).map(SandboxProvider::refund);
    }

    @Override
    public ProviderEvents.EventPage sinceCapture(Instant since) {
        List<ProviderEvents> reported = Stream.of(
                        read(call(HttpMethod.GET, "/disputes?since=" + since, null, null), ReportedSession[].class))
                .map(this::session)
                .map(ProviderSession::events)
                .toList();
        Instant next = reported.stream()
                .flatMap(events -> events.sinceCapture().stream())
                .max(Instant::compareTo)
                .orElse(since);
        return new ProviderEvents.EventPage(reported, next.isAfter(since) ? next : null);
    }

    @Override
    public Set<UUID> paidSince(Instant since) {
        Set<UUID> registrations = new HashSet<>();
        @Nullable String after = null;
        do {
            ProviderPayments page = payments(since, after);
            page.entries().forEach(entry -> registrations.add(entry.registration()));
            after = page.next();
        } while (after != null);
        return registrations;
    }

    @Override
    public ProviderPayments payments(Instant since, @Nullable String after) {
        String page = after == null ? "" : "&after=" + after;
        ReportedPayments reported =
                read(call(HttpMethod.GET, "/payments?since=" + since + page, null, null), ReportedPayments.class);
        return new ProviderPayments(reported.items(), reported.next());
    }

    @Override
    public String signatureHeader() {
        return SandboxSignature.HEADER;
    }

    @Override
    public String receive(@Nullable String header, byte[] body) {
        signature.check(header, body, clock.instant());
        return reported(body).id();
    }

    @Override
    public @Nullable ProviderEvents read(byte[] body, Function<String, Optional<UUID>> whose) {
        ReportedSession session = reported(body).session();
        return session == null ? null : session(session).events();
    }

    /** Always empty: the sandbox's webhooks name their registration. */
    @Override
    public Optional<UUID> registrationOf(String payment) {
        return Optional.empty();
    }

    private static ReportedEvent reported(byte[] body) {
        try {
            ReportedEvent reported = JSON.readValue(body, ReportedEvent.class);
            if (reported == null || reported.id() == null || reported.id().isBlank()) {
                throw new MessageRefused("the message has no id");
            }
            return reported;
        } catch (JacksonException | IllegalArgumentException e) {
            throw new MessageRefused("the message cannot be read");
        }
    }

    private Optional<String> find(String path) {
        try {
            return Optional.of(call(HttpMethod.GET, path, null, null));
        } catch (NotThere _) {
            return Optional.empty();
        }
    }

    private String call(HttpMethod method, String path, @Nullable UUID key, @Nullable Object body) {
        RestClient.RequestBodySpec request = http.method(method).uri(URI.create(api.get() + "/sandbox/api" + path));
        if (key != null) {
            request.header("Idempotency-Key", key.toString());
        }
        if (body != null) {
            request.contentType(MediaType.APPLICATION_JSON).body(JSON.writeValueAsBytes(body));
        }
        try {
            String answer = request.exchange((_, response) -> {
                HttpStatusCode status = response.getStatusCode();
                String text = new String(response.getBody().readAllBytes(), StandardCharsets.UTF_8);
                if (status.is2xxSuccessful()) {
                    return text;
                }
                if (status.isSameCodeAs(HttpStatus.NOT_FOUND)) {
                    throw new NotThere();
                }
                if (status.is5xxServerError() || status.isSameCodeAs(HttpStatus.TOO_MANY_REQUESTS)) {
                    throw new ProviderUnavailable("the sandbox answers " + status.value());
                }
                throw new IllegalStateException("the sandbox refused %s %s: %s".formatted(method, path, text));
            });
            if (answer == null) {
                throw new ProviderUnavailable("the sandbox gives no answer");
            }
            return answer;
        } catch (ResourceAccessException e) {
            throw new ProviderUnavailable("sandbox", e);
        }
    }

    private ProviderSession session(String answer) {
        return session(read(answer, ReportedSession.class));
    }

    private ProviderSession session(ReportedSession reported) {
        List<PaymentTrigger> happened = new ArrayList<>();
        for (ReportedSession.ReportedAttempt one : reported.attempts()) {
            switch (one.outcome()) {
                case "captured" ->
                    happened.add(new PaymentTrigger.MoneyArrived(
                            reported.key(), name(), one.id(), reported.amount(), one.at()));
                case "declined" ->
                    happened.add(new PaymentTrigger.Declined(
                            name(), one.id(), one.reason() == null ? "card-declined" : one.reason(), one.at()));
                case "processing" -> happened.add(new PaymentTrigger.Processing(name(), one.id(), one.at()));
                default -> {} // a later sandbox may report more
            }
        }
        for (ReportedSession.ReportedDispute one : reported.disputes()) {
            happened.add(new PaymentTrigger.DisputeOpened(
                    name(), one.id(), one.payment(), one.amount(), one.at(), one.evidenceDueAt()));
            if (one.endedAt() != null) {
                happened.add(
                        new PaymentTrigger.DisputeEnded(name(), one.id(), "won".equals(one.state()), one.endedAt()));
            }
        }
        boolean over = !"open".equals(reported.state()) && !"confirming".equals(reported.state());
        return new ProviderSession(
                reported.id(), reported.key(), reported.registration(), reported.url(), over, happened);
    }

    private static RefundResult refund(String answer) {
        ReportedRefund reported = read(answer, ReportedRefund.class);
        return "done".equals(reported.state())
                ? new RefundResult.RefundDone(reported.id())
                : new RefundResult.RefundRefused(reported.reason() == null ? "refused" : reported.reason());
    }

    private static <T> T read(String answer, Class<T> type) {
        try {
            return JSON.readValue(answer, type);
        } catch (JacksonException e) {
            throw new ProviderUnavailable("sandbox", e);
        }
    }

    private static final class NotThere extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private record SandboxNewSession(
            UUID registration,
            String reference,
            String conferenceName,
            Money amount,
            List<SandboxLine> lines,
            Money discount,
            Money tax,
            String returnUrl) {
        record SandboxLine(String description, int quantity, Money amount) {}
    }

    private record SandboxNewRefund(String payment, Money amount) {}

    private record ReportedRefund(
            String id, String state, @Nullable String reason) {}

    private record ReportedPayments(
            List<ProviderPayments.ListedPayment> items,
            @Nullable String next) {}

    private record ReportedEvent(String id, @Nullable ReportedSession session) {}

    private record ReportedSession(
            String id,
            UUID key,
            UUID registration,
            URI url,
            String state,
            Money amount,
            @JsonProperty("tries") List<ReportedAttempt> attempts,
            List<ReportedDispute> disputes) {

        record ReportedAttempt(
                String id,
                Instant at,
                String outcome,
                @Nullable String reason) {}

        record ReportedDispute(
                String id,
                String payment,
                Money amount,
                String state,
                Instant at,
                @Nullable Instant endedAt,
                @Nullable Instant evidenceDueAt) {}
    }
}
