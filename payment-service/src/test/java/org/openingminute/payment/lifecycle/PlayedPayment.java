package org.openingminute.payment.lifecycle;

import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.payment.lifecycle.Decision.EventType;
import org.openingminute.payment.lifecycle.Decision.IssuedDocument;
import org.openingminute.payment.lifecycle.Decision.Posting;
import org.openingminute.payment.lifecycle.PaymentRequest.ReceivedRequest;

/** Applies triggers to one payment, and collects its events and postings. */
abstract class PlayedPayment {

    static final UUID ID = new UUID(7, 7);
    static final Instant T0 = Instant.parse("2026-02-02T17:00:00Z");
    static final UUID SESSION = new UUID(1, 1);
    static final UUID OTHER_SESSION = new UUID(1, 2);
    static final Money DUE = usd(80_000);

    final AtomicLong counter = new AtomicLong();
    final Ids ids = () -> new UUID(9, counter.incrementAndGet());
    final List<EventType> published = new ArrayList<>();
    final List<Posting> posted = new ArrayList<>();

    long balance(String account) {
        return posted.stream()
                .mapToLong(posting -> posting.credit().equals(account)
                        ? posting.amount().amount()
                        : posting.debit().equals(account) ? -posting.amount().amount() : 0)
                .sum();
    }

    Payment after(PaymentTrigger... triggers) {
        Payment payment = Payment.unknown(ID);
        for (PaymentTrigger trigger : triggers) {
            payment = next(payment, trigger);
        }
        return payment;
    }

    Payment next(Payment payment, PaymentTrigger trigger) {
        Decision decision = PaymentRules.decide(payment, trigger, T0, ids);
        published.addAll(decision.events());
        posted.addAll(decision.postings());
        return issued(decision);
    }

    private Payment issued(Decision decision) {
        Payment next = decision.next();
        for (Decision.Issue issue : decision.issues()) {
            IssuedDocument document =
                    new IssuedDocument(issue.kind(), "no. " + counter.incrementAndGet(), issue.amount(), issue.at());
            next = next.withDocuments(Payment.append(next.documents(), document));
        }
        return next;
    }

    static PaymentTrigger requested(int revision, long due) {
        return new PaymentTrigger.Requested(new ReceivedRequest(request(revision, due, true, 900), T0));
    }

    static ReceivedRequest receivedRequest(long seconds) {
        return new ReceivedRequest(request(1, 100, true, seconds), T0);
    }

    static PaymentRequest request(int revision, long due, boolean payable, long seconds) {
        return new PaymentRequest(
                ID,
                revision,
                "AB12-CDEFGH",
                "mlsys-2026",
                "MLSys 2026",
                "America/Los_Angeles",
                usd(due),
                payable,
                seconds,
                T0.plusSeconds(seconds),
                null,
                null,
                PaymentRequest.Method.CARD,
                List.of(),
                usd(0),
                usd(0),
                new PaymentRequest.Buyer("Ada Lovelace", null, null, null, null),
                "en");
    }

    static PaymentTrigger wanted() {
        return new PaymentTrigger.SessionWanted(SESSION, "sandbox", T0);
    }

    static PaymentTrigger opened() {
        return new PaymentTrigger.SessionOpened(SESSION, "cs_1", URI.create("http://x"));
    }

    static PaymentTrigger arrived(String payment) {
        return new PaymentTrigger.MoneyArrived(SESSION, "sandbox", payment, DUE, T0);
    }

    static Money usd(long amount) {
        return new Money(amount, "USD");
    }
}
