package org.openingminute.payment.ops;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.openingminute.kit.runtime.PolledGauges;
import org.openingminute.messaging.Browse;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Metrics of waiting work. */
@Component
final class PaymentMetrics {

    private final JdbcClient jdbc;

    PaymentMetrics(@Browse JdbcClient jdbc, PolledGauges metrics) {
        this.jdbc = jdbc;
        metrics.of("payments", this::now)
                .gauge(
                        "payment.captures.unanswered",
                        "Captures that registration-service has neither kept nor refunded",
                        null,
                        Counts::capturesUnanswered)
                .gauge("payment.sessions.live", "Providers' sessions that are not over", null, Counts::sessionsLive)
                .gauge(
                        "payment.refunds.pending",
                        "Refunds without an answer of a card's provider",
                        null,
                        Counts::refundsPending)
                .gauge(
                        "payment.surplus.not.returned",
                        "Surplus captures whose refund attempts have all failed",
                        null,
                        Counts::surplusNotReturned)
                .gauge(
                        "payment.webhooks.waiting",
                        "Messages of providers that are stored and not applied",
                        null,
                        Counts::webhooksWaiting)
                .gauge(
                        "payment.webhooks.failed",
                        "Messages of providers that could not be applied",
                        null,
                        Counts::webhooksFailed)
                .gauge(
                        "payment.refunds.to.transfer",
                        "Refunds that wait for an organiser's transfer",
                        null,
                        Counts::refundsToTransfer);
        metrics.of("payment-ages", this::ages)
                .gauge(
                        "payment.captures.unanswered.oldest.seconds",
                        "The age of the oldest capture that is neither kept nor refunded",
                        "seconds",
                        Ages::capture)
                .gauge(
                        "payment.refunds.pending.oldest.seconds",
                        "The age of the oldest refund without an answer of a card's provider",
                        "seconds",
                        Ages::refund)
                .gauge(
                        "payment.webhooks.waiting.oldest.seconds",
                        "The age of the oldest message of a provider that is not applied",
                        "seconds",
                        Ages::webhook);
    }

    private record Ages(double capture, double refund, double webhook) {}

    private Ages ages() {
        return jdbc.sql("""
                select coalesce(extract(epoch from clock_timestamp() - (
                           select min(since) from payment_open where what = 'answer')), 0) as capture,
                       coalesce(extract(epoch from clock_timestamp() - (
                           select min(since) from payment_open where what = 'refund')), 0) as refund,
                       coalesce(extract(epoch from clock_timestamp() - (
                           select min(received_at) from webhook_event where state = 'waiting')), 0) as webhook
                """).query(Ages.class).single();
    }

    /**
     * The waiting work of this service.
     *
     * @param capturesUnanswered captures that are neither kept nor refunded
     * @param capturesReportedAgain the unanswered captures that were reported again
     * @param sessionsLive sessions that have not ended
     * @param refundsPending refunds without a final response from a card provider
     * @param surplusNotReturned surplus captures whose refund has used up its attempts
     * @param webhooksWaiting webhooks that are not applied yet
     * @param reconciliationDifferences differences between ledger, state and a provider's list that three consecutive checks found
     * @param refundsToTransfer refunds that wait for an organiser's transfer
     * @param webhooksFailed webhooks that could not be applied
     */
    record Counts(
            long capturesUnanswered,
            @JsonProperty("capturesToldAgain") long capturesReportedAgain,
            long sessionsLive,
            long refundsPending,
            long surplusNotReturned,
            long webhooksWaiting,
            @JsonProperty("webhooksGivenUp") long webhooksFailed,
            @JsonProperty("booksDiffer") long reconciliationDifferences,
            long refundsToTransfer) {}

    Counts now() {
        return jdbc.sql("""
                select captures_unanswered, sessions_live, refunds_pending, surplus_not_returned, refunds_to_transfer,
                       (select count(*)
                          from payment_open o join payment_capture c on c.registration_id = o.registration_id and c.id = o.id
                         where o.what = 'answer' and c.told_again > 0) as captures_reported_again,
                       (select count(*) from webhook_event where state = 'waiting') as webhooks_waiting,
                       (select count(*) from webhook_event where state = 'given-up') as webhooks_failed,
                       (select count(*) from books_differing) as reconciliation_differences
                  from (select count(*) filter (where what = 'answer') as captures_unanswered,
                               count(*) filter (where what = 'session') as sessions_live,
                               count(*) filter (where what = 'refund') as refunds_pending,
                               count(*) filter (where what = 'surplus') as surplus_not_returned,
                               count(*) filter (where what = 'transfer') as refunds_to_transfer
                          from payment_open) as open
                """).query(Counts.class).single();
    }
}
