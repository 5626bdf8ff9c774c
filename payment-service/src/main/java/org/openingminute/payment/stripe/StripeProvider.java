package org.openingminute.payment.stripe;

import com.stripe.model.BalanceTransaction;
import com.stripe.model.Charge;
import com.stripe.model.Dispute;
import com.stripe.model.Event;
import com.stripe.model.PaymentIntent;
import com.stripe.model.StripeCollection;
import com.stripe.model.checkout.Session;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.RedactedException;
import org.openingminute.payment.lifecycle.Money;
import org.openingminute.payment.provider.CardProvider;
import org.openingminute.payment.provider.ProviderEvents;
import org.openingminute.payment.provider.ProviderException.ProviderUnavailable;
import org.openingminute.payment.provider.ProviderException.SessionRefused;
import org.openingminute.payment.provider.ProviderPayments;
import org.openingminute.payment.provider.ProviderSession;
import org.openingminute.payment.provider.ProviderSession.SessionOrder;
import org.openingminute.payment.provider.RefundRequest;
import org.openingminute.payment.provider.RefundResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Stripe provider: the payer pays on Stripe's page, in a Checkout Session of ours. "Payment" means Stripe's PaymentIntent, which Stripe
 * creates at the payer's first attempt. Stripe gets no personal data about the payer from us.
 */
public final class StripeProvider implements CardProvider {

    private static final Logger log = LoggerFactory.getLogger(StripeProvider.class);

    /** The longest time from the start of a payment to its capture: a session cannot stay open for longer. */
    private static final Duration LONGEST_SESSION = Duration.ofDays(1);

    /** The time for which Stripe keeps events; https://docs.stripe.com/api/events. */
    private static final Duration KEPT = Duration.ofDays(30);

    private static final Duration SHORTEST_SPAN = Duration.ofSeconds(1);

    /** Further events are found later, when each session is checked. */
    private static final int PAGES_OF_PAID = 20;

    /** Ids of unreadable events that were logged. Each is a bug of ours or of Stripe's, so there are few. */
    private final Set<String> unreadable = ConcurrentHashMap.newKeySet();

    private final StripeApi api;
    private final StripeSessions sessions;
    private final StripeRefunds refunds;
    private final StripeEvents stripeEvents;
    private final StripeSignature signature;
    private final Clock clock;

    /**
     * Stripe's address and the secrets shared with it.
     *
     * @param apiKey a restricted key suffices
     * @param apiVersion the library's own if blank
     * @param publicUrl where payers come from and return to
     */
    public record StripeAccount(
            String apiKey, String webhookSecret, String apiBase, String apiVersion, String publicUrl) {

        /** Omits the secrets. */
        @Override
        public String toString() {
            return "Stripe at " + apiBase;
        }
    }

    public StripeProvider(StripeAccount account, Clock clock) {
        if (account.apiKey().startsWith("sk_")) {
            log.warn("STRIPE_API_KEY is a secret key; a restricted one (rk_) is enough: see docs/operate.md");
        }
        this.api = new StripeApi(account.apiKey(), account.apiBase(), account.apiVersion());
        this.sessions = new StripeSessions(account.publicUrl());
        this.refunds = new StripeRefunds(api);
        this.stripeEvents = new StripeEvents();
        this.signature = new StripeSignature(account.webhookSecret(), clock);
        this.clock = clock;
    }

    @Override
    public String name() {
        return StripeSessions.NAME;
    }

    @Override
    public ProviderSession open(SessionOrder order) {
        try {
            return reported(api.open(sessions.order(order), order.key()));
        } catch (StripeRefusal e) {
            log.warn("Stripe refused the session for attempt {}: {}", order.key(), e.getMessage());
            throw new SessionRefused(e.reason());
        }
    }

    /**
     * Finds a session by its payment: Stripe cannot find a session by our key. If there is no payment, nothing was paid, because Stripe
     * creates the payment at the first attempt. Stripe's search finds it about a minute later; this method is called only an hour after the
     * order.
     */
    @Override
    public Optional<ProviderSession> opened(UUID key) {
        return api.intentsWith(StripeSessions.ATTEMPT, key.toString()).stream()
                .findFirst()
                .flatMap(intent -> api.sessionOf(intent.getId()))
                .map(this::reported);
    }

    @Override
    public ProviderSession fetch(String session) {
        return reported(api.session(session));
    }

    @Override
    public ProviderSession end(String session) {
        try {
            return reported(api.expire(session));
        } catch (StripeRefusal e) {
            // The session is no longer open: it was paid or has ended, and its state shows which.
            log.debug("A session could not be ended: {}", e.getMessage());
            return fetch(session);
        }
    }

    private ProviderSession reported(Session session) {
        return sessions.reported(session, clock.instant());
    }

    @Override
    public RefundResult refund(RefundRequest order) {
        return refunds.make(order);
    }

    @Override
    public Optional<RefundResult> refunded(RefundRequest order) {
        return refunds.made(order);
    }

    /**
     * Reads events oldest first, although Stripe lists the newest first and pages only towards older ones. The method reads a span of time
     * and halves it until its events fit on one page, reports these, and continues at the end of the span. The events of one second are
     * always read together. The registration of each event is cached, so that a page that timed out succeeds when it is read again.
     *
     * <p>Of our own refunds only failed ones are reported. Stripe keeps events for 30 days.
     */
    @Override
    public ProviderEvents.EventPage sinceCapture(Instant since) {
        Instant now = clock.instant();
        Instant from = since.isBefore(now.minus(KEPT)) ? now.minus(KEPT) : since.truncatedTo(ChronoUnit.SECONDS);
        StripeCollection<Event> page = api.events(from, null, StripeEvents.SINCE_CAPTURE, (String) null);
        Duration span = Duration.between(from, now);
        @Nullable Instant to = null;
        while (StripeApi.hasMore(page) && span.compareTo(SHORTEST_SPAN) > 0) {
            span = Duration.ofSeconds(span.toSeconds() / 2).compareTo(SHORTEST_SPAN) > 0
                    ? Duration.ofSeconds(span.toSeconds() / 2)
                    : SHORTEST_SPAN;
            to = from.plus(span);
            page = api.events(from, to, StripeEvents.SINCE_CAPTURE, (String) null);
        }
        List<Event> events = StripeApi.hasMore(page)
                ? api.events(from, to, StripeEvents.SINCE_CAPTURE, Integer.MAX_VALUE)
                : page.getData();
        return new ProviderEvents.EventPage(reported(events.reversed()), to);
    }

    private List<ProviderEvents> reported(List<Event> events) {
        List<ProviderEvents> reported = new ArrayList<>();
        for (Event event : events) {
            StripeEvent read = read(event);
            try {
                ProviderEvents one = StripeEvents.isPolled(read) ? stripeEvents.of(read, this::registrationOf) : null;
                if (one != null) {
                    reported.add(one);
                }
            } catch (ProviderUnavailable e) {
                throw e;
            } catch (RuntimeException e) {
                // The event will not become readable later, and must not block the others.
                if (unreadable.add(read.id())) {
                    log.error(
                            "Skipping event {} of type {}, which cannot be read",
                            read.id(),
                            read.type(),
                            RedactedException.of(e));
                }
            }
        }
        return reported;
    }

    /** Reads events, whose number depends on the payments and not on the open sessions. The newest are read first. */
    @Override
    public Set<UUID> paidSince(Instant since) {
        return api.events(since, null, StripeEvents.PAID, PAGES_OF_PAID).stream()
                .flatMap(event -> read(event).ours(StripeSessions.REGISTRATION).stream())
                .collect(Collectors.toSet());
    }

    private static StripeEvent read(Event event) {
        return StripeEvent.of(
                event.getId(),
                event.getType(),
                event.getCreated(),
                event.getDataObjectDeserializer().getRawJson());
    }

    /** Lists payments. A payment may have been created some time before its capture, so the list starts that much earlier. */
    @Override
    public ProviderPayments payments(Instant since, @Nullable String after) {
        StripeCollection<PaymentIntent> page = api.intents(since.minus(LONGEST_SESSION), after);
        List<ProviderPayments.ListedPayment> entries = new ArrayList<>();
        for (PaymentIntent intent : page.getData()) {
            entry(intent).ifPresent(entries::add);
        }
        return new ProviderPayments(
                entries, StripeApi.hasMore(page) ? page.getData().getLast().getId() : null);
    }

    private Optional<ProviderPayments.ListedPayment> entry(PaymentIntent intent) {
        UUID registration = StripeEvents.registrationIn(intent.getMetadata()).orElse(null);
        long received = Objects.requireNonNullElse(intent.getAmountReceived(), 0L);
        if (registration == null || received == 0) {
            return Optional.empty();
        }
        String currency = intent.getCurrency();
        Money none = StripeAmounts.fromStripe(0, currency);
        @Nullable Charge charge = intent.getLatestChargeObject();
        Money refunded = charge == null ? none : StripeAmounts.fromStripe(charge.getAmountRefunded(), currency);
        Money disputed = charge == null || !Boolean.TRUE.equals(charge.getDisputed()) ? none : disputed(intent, none);
        return Optional.of(new ProviderPayments.ListedPayment(
                intent.getId(),
                registration,
                StripeEvents.attemptIn(intent.getMetadata()).orElse(registration),
                Instant.ofEpochSecond(charge == null ? intent.getCreated() : charge.getCreated()),
                StripeAmounts.fromStripe(received, currency),
                refunded,
                disputed));
    }

    private Money disputed(PaymentIntent intent, Money none) {
        return api.disputes(intent.getId()).stream()
                .filter(StripeProvider::takesMoney)
                .filter(dispute -> dispute.getCurrency().equals(intent.getCurrency()))
                .map(StripeProvider::amount)
                .reduce(none, Money::plus);
    }

    private static boolean takesMoney(Dispute dispute) {
        List<Long> moved =
                Objects.requireNonNullElse(dispute.getBalanceTransactions(), List.<BalanceTransaction>of()).stream()
                        .map(BalanceTransaction::getAmount)
                        .toList();
        return StripeDispute.of(
                        dispute.getStatus(),
                        moved.stream().anyMatch(one -> one < 0),
                        moved.stream().mapToLong(one -> one).sum() >= 0)
                .takesMoney();
    }

    private static Money amount(Dispute dispute) {
        return StripeAmounts.fromStripe(dispute.getAmount(), dispute.getCurrency());
    }

    @Override
    public String signatureHeader() {
        return StripeSignature.HEADER;
    }

    @Override
    public String receive(@Nullable String header, byte[] body) {
        signature.check(header, body);
        return StripeEvent.of(body).id();
    }

    @Override
    public @Nullable ProviderEvents read(byte[] body, Function<String, Optional<UUID>> whose) {
        return stripeEvents.of(StripeEvent.of(body), whose);
    }

    @Override
    public Optional<UUID> registrationOf(String payment) {
        return api.intent(payment).flatMap(intent -> StripeEvents.registrationIn(intent.getMetadata()));
    }
}
