package org.openingminute.payment.stripe;

import com.stripe.StripeClient;
import com.stripe.exception.InvalidRequestException;
import com.stripe.exception.StripeException;
import com.stripe.model.Dispute;
import com.stripe.model.Event;
import com.stripe.model.HasId;
import com.stripe.model.PaymentIntent;
import com.stripe.model.Refund;
import com.stripe.model.StripeCollection;
import com.stripe.model.checkout.Session;
import com.stripe.net.RequestOptions;
import com.stripe.param.DisputeListParams;
import com.stripe.param.EventListParams;
import com.stripe.param.PaymentIntentListParams;
import com.stripe.param.PaymentIntentSearchParams;
import com.stripe.param.RefundCreateParams;
import com.stripe.param.RefundListParams;
import com.stripe.param.checkout.SessionCreateParams;
import com.stripe.param.checkout.SessionExpireParams;
import com.stripe.param.checkout.SessionListParams;
import com.stripe.param.checkout.SessionRetrieveParams;
import com.stripe.service.V1Services;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.payment.provider.ProviderException.ProviderUnavailable;

/**
 * The calls to Stripe. Each is made once, within a time limit; {@code GuardedProvider} repeats failed calls. {@link StripeErrors}
 * translates errors.
 */
final class StripeApi {

    private static final Duration CONNECT_WITHIN = Duration.ofSeconds(1);

    /** Below the time limit of {@code GuardedProvider}, so that no thread is left waiting for an abandoned call. */
    private static final Duration READ_WITHIN = Duration.ofSeconds(2);

    /** The size of Stripe's largest page. */
    private static final long PAGE = 100;

    private static final String WITH_CHARGE = "payment_intent.latest_charge";

    private final V1Services stripe;
    private final String version;
    private final StripeErrors errors = new StripeErrors();

    /** @param version the version of Stripe's API; the library's own if blank */
    StripeApi(String key, String base, String version) {
        this.stripe = StripeClient.builder()
                .setApiKey(key)
                .setApiBase(base)
                .setConnectTimeout((int) CONNECT_WITHIN.toMillis())
                .setReadTimeout((int) READ_WITHIN.toMillis())
                .setMaxNetworkRetries(0)
                .build()
                .v1();
        this.version = version;
    }

    Session open(SessionCreateParams order, UUID key) {
        return call(
                StripeCall.OPEN,
                key.toString(),
                options -> stripe.checkout().sessions().create(order, options));
    }

    /** Returns a session with its payment and that payment's last charge. */
    Session session(String id) {
        SessionRetrieveParams wanted =
                SessionRetrieveParams.builder().addExpand(WITH_CHARGE).build();
        return fetch(options -> stripe.checkout().sessions().retrieve(id, wanted, options));
    }

    Session expire(String id) {
        SessionExpireParams wanted =
                SessionExpireParams.builder().addExpand(WITH_CHARGE).build();
        return call(
                StripeCall.END, null, options -> stripe.checkout().sessions().expire(id, wanted, options));
    }

    Optional<Session> sessionOf(String intent) {
        SessionListParams wanted = SessionListParams.builder()
                .setPaymentIntent(intent)
                .addExpand("data." + WITH_CHARGE)
                .build();
        return fetch(options -> stripe.checkout().sessions().list(wanted, options)).getData().stream()
                .findFirst();
    }

    /** Returns payments whose metadata have this value. Stripe's search finds a payment about a minute after its creation. */
    List<PaymentIntent> intentsWith(String name, String value) {
        PaymentIntentSearchParams wanted = PaymentIntentSearchParams.builder()
                .setQuery("metadata['%s']:'%s'".formatted(name, value))
                .build();
        return fetch(options -> stripe.paymentIntents().search(wanted, options)).getData();
    }

    Optional<PaymentIntent> intent(String id) {
        return find(options -> stripe.paymentIntents().retrieve(id, options));
    }

    /** Returns a page of the payments created at this instant or later, newest first, each with its last charge. */
    StripeCollection<PaymentIntent> intents(Instant since, @Nullable String after) {
        PaymentIntentListParams wanted = PaymentIntentListParams.builder()
                .setCreated(PaymentIntentListParams.Created.builder()
                        .setGte(seconds(since))
                        .build())
                .setLimit(PAGE)
                .setStartingAfter(after)
                .addExpand("data.latest_charge")
                .build();
        return fetch(options -> stripe.paymentIntents().list(wanted, options));
    }

    Refund refund(RefundCreateParams order, String key) {
        return call(StripeCall.REFUND, key, options -> stripe.refunds().create(order, options));
    }

    Optional<Refund> refund(String id) {
        return find(options -> stripe.refunds().retrieve(id, options));
    }

    List<Refund> refunds(String intent) {
        return whole((after, options) -> stripe.refunds()
                .list(
                        RefundListParams.builder()
                                .setPaymentIntent(intent)
                                .setLimit(PAGE)
                                .setStartingAfter(after)
                                .build(),
                        options));
    }

    List<Dispute> disputes(String intent) {
        return whole((after, options) -> stripe.disputes()
                .list(
                        DisputeListParams.builder()
                                .setPaymentIntent(intent)
                                .setLimit(PAGE)
                                .setStartingAfter(after)
                                .build(),
                        options));
    }

    /**
     * Returns a page of events between two instants, newest first. Stripe keeps events for 30 days.
     *
     * @param before exclusive; {@code null} for now
     * @param after the last event of the previous page; {@code null} for the first page
     */
    StripeCollection<Event> events(
            Instant since, @Nullable Instant before, List<String> types, @Nullable String after) {
        EventListParams.Created.Builder created =
                EventListParams.Created.builder().setGte(seconds(since));
        if (before != null) {
            created.setLt(seconds(before));
        }
        EventListParams wanted = EventListParams.builder()
                .setCreated(created.build())
                .addAllType(types)
                .setLimit(PAGE)
                .setStartingAfter(after)
                .build();
        return fetch(options -> stripe.events().list(wanted, options));
    }

    /** Returns events from at most this many pages, newest first. */
    List<Event> events(Instant since, @Nullable Instant before, List<String> types, int pages) {
        List<Event> all = new ArrayList<>();
        boolean more = true;
        for (int page = 0; more && page < pages; page++) {
            StripeCollection<Event> next = events(
                    since, before, types, all.isEmpty() ? null : all.getLast().getId());
            all.addAll(next.getData());
            more = hasMore(next);
        }
        return all;
    }

    /** Whether another page follows. */
    static boolean hasMore(StripeCollection<?> page) {
        return Boolean.TRUE.equals(page.getHasMore()) && !page.getData().isEmpty();
    }

    private static long seconds(Instant since) {
        return Math.max(0, since.getEpochSecond());
    }

    @FunctionalInterface
    private interface Call<T> {
        T make(RequestOptions options) throws StripeException;
    }

    @FunctionalInterface
    private interface StripePage<T extends HasId> {
        StripeCollection<T> after(@Nullable String last, RequestOptions options) throws StripeException;
    }

    private <T extends HasId> List<T> whole(StripePage<T> pages) {
        List<T> all = new ArrayList<>();
        boolean more = true;
        while (more) {
            String last = all.isEmpty() ? null : all.getLast().getId();
            StripeCollection<T> page = fetch(options -> pages.after(last, options));
            all.addAll(page.getData());
            more = hasMore(page);
        }
        return all;
    }

    private <T> T fetch(Call<T> call) {
        return call(StripeCall.ASK, null, call);
    }

    /** Returns the object; empty if Stripe has none with this name. */
    private <T> Optional<T> find(Call<T> call) {
        return fetch(options -> {
            try {
                return Optional.of(call.make(options));
            } catch (InvalidRequestException e) {
                if ("resource_missing".equals(e.getCode())) {
                    return Optional.empty();
                }
                throw e;
            }
        });
    }

    private <T> T call(StripeCall what, @Nullable String key, Call<T> call) {
        try {
            return call.make(options(key));
        } catch (StripeException e) {
            throw errors.of(e, what);
        } catch (RuntimeException e) {
            // The library parses any response without checks, even a proxy's error page.
            throw new ProviderUnavailable(
                    "Stripe's answer cannot be read: " + e.getClass().getSimpleName());
        }
    }

    private RequestOptions options(@Nullable String key) {
        RequestOptions.RequestOptionsBuilder options = RequestOptions.builder();
        if (key != null) {
            options.setIdempotencyKey(key);
        }
        return version.isBlank()
                ? options.build()
                : RequestOptions.RequestOptionsBuilder.unsafeSetStripeVersionOverride(options, version)
                        .build();
    }
}
