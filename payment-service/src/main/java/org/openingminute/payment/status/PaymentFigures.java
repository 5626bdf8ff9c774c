package org.openingminute.payment.status;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Counts what waits. */
@Component
final class PaymentFigures {

    private final JdbcClient jdbc;

    PaymentFigures(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * What waits in this service.
     *
     * @param capturesUnanswered captures that are neither kept nor refunded
     * @param capturesToldAgain those of them that were told again
     * @param sessionsLive sessions that are not over
     * @param refundsPending refunds without an answer of a card's provider
     * @param surplusNotReturned captures that came twice and whose refund has failed as often as it is tried
     * @param webhooksWaiting messages of providers that are not applied
     * @param booksDiffer what ledger, state and a provider's list say differently, in three looks in a row
     * @param refundsToTransfer refunds that wait for an organiser's transfer
     * @param webhooksGivenUp messages of providers that could not be applied
     */
    record Figures(
            long capturesUnanswered,
            long capturesToldAgain,
            long sessionsLive,
            long refundsPending,
            long surplusNotReturned,
            long webhooksWaiting,
            long webhooksGivenUp,
            long booksDiffer,
            long refundsToTransfer) {}

    Figures now() {
        return jdbc.sql("""
                select (select count(*) from payment_capture where not answered and not surplus) as captures_unanswered,
                       (select count(*) from payment_capture where not answered and not surplus and told_again > 0)
                           as captures_told_again,
                       (select count(*) from payment_session where state in ('opening', 'open', 'ending')) as sessions_live,
                       (select count(*) from payment_refund r left join payment_capture c on c.id = r.capture_id
                         where r.state = 'pending' and c.provider is distinct from 'invoice') as refunds_pending,
                       (select count(*) from payment_capture c
                         where c.surplus and not exists (
                               select from payment_refund r
                                where r.capture_id = c.id and r.state in ('pending', 'done'))) as surplus_not_returned,
                       (select count(*) from webhook_event where state = 'waiting') as webhooks_waiting,
                       (select count(*) from webhook_event where state = 'given-up') as webhooks_given_up,
                       (select count(*) from books_differing) as books_differ,
                       (select count(*) from payment_refund r join payment_capture c on c.id = r.capture_id
                         where r.state = 'pending' and c.provider = 'invoice') as refunds_to_transfer
                """).query(Figures.class).single();
    }
}
