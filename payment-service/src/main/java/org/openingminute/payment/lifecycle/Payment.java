package org.openingminute.payment.lifecycle;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openingminute.payment.lifecycle.Decision.IssuedDocument;
import org.openingminute.payment.lifecycle.DisputeRules.Dispute;
import org.openingminute.payment.lifecycle.DisputeRules.Inquiry;
import org.openingminute.payment.lifecycle.PaymentRequest.ReceivedRequest;
import org.openingminute.payment.lifecycle.PaymentRules.Payability;
import org.openingminute.payment.lifecycle.TransferRules.Transfer;

/**
 * Everything known about the payment of one registration. Immutable.
 *
 * @param request the newest request; {@code null} before the first
 * @param closedBecause why no more money is accepted; {@code null} while it is accepted
 * @param sessions all sessions, live and ended, oldest first
 * @param captures money that arrived, including surplus
 * @param inquiries inquiries by the payer's bank, which withdraw no money, oldest first
 * @param attempts the payer's attempts
 * @param documents the issued documents, oldest first
 * @param transfers the bank transfers that an organiser marked as received, oldest first
 * @param contactGeneration the contact's links of lower generations are invalid
 * @param sequence the sequence of the last event
 */
public record Payment(
        UUID registration,
        @Nullable ReceivedRequest request,
        @Nullable String closedBecause,
        List<Session> sessions,
        List<Capture> captures,
        List<Refund> refunds,
        List<Dispute> disputes,
        List<Inquiry> inquiries,
        List<Attempt> attempts,
        List<IssuedDocument> documents,
        List<Transfer> transfers,
        int contactGeneration,
        long sequence) {

    public Payment {
        sessions = List.copyOf(sessions);
        captures = List.copyOf(captures);
        refunds = List.copyOf(refunds);
        disputes = List.copyOf(disputes);
        inquiries = List.copyOf(inquiries);
        attempts = List.copyOf(attempts);
        documents = List.copyOf(documents);
        transfers = List.copyOf(transfers);
    }

    /** Returns a payment about which nothing is known yet. */
    public static Payment unknown(UUID registration) {
        return new Payment(
                registration,
                null,
                null,
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                0,
                0);
    }

    /** Returns the conference's slug; empty before the first request. */
    public String conference() {
        return request == null ? "" : request.body().conference();
    }

    public PaymentStatus status() {
        if (disputes().stream().anyMatch(dispute -> isReported(dispute.capture()) && dispute.notWon())) {
            return PaymentStatus.DISPUTED;
        }
        if (reportedCaptures().findAny().isPresent()) {
            Money back = refunded();
            return !back.isPositive()
                    ? PaymentStatus.CAPTURED
                    : back.covers(captured()) ? PaymentStatus.REFUNDED : PaymentStatus.PARTLY_REFUNDED;
        }
        if (request != null && !request.body().due().isPositive()) {
            return PaymentStatus.CAPTURED;
        }
        if (closedBecause != null) {
            return PaymentStatus.CLOSED;
        }
        return newestAttempt()
                .map(newest -> switch (newest.outcome()) {
                    case DECLINED -> PaymentStatus.FAILED;
                    case PROCESSING ->
                        sessions.stream().anyMatch(Session::isLive) ? PaymentStatus.PROCESSING : PaymentStatus.AWAITING;
                    case CAPTURED, CAPTURED_TWICE -> PaymentStatus.AWAITING;
                })
                .orElse(PaymentStatus.AWAITING);
    }

    /**
     * Returns the sum of the reported captures, before refunds. Like all sums it is in the currency due, unless no money arrived in that
     * currency: money in another currency is refunded but must still be shown.
     */
    public Money captured() {
        return sum(reportedCaptures().map(Capture::amount));
    }

    /** The sum of the completed refunds of reported captures. */
    public Money refunded() {
        return sum(refunds.stream()
                .filter(refund -> !refund.surplus() && refund.state() == Refund.RefundState.DONE)
                .map(Refund::amount));
    }

    /** The sum of the reported disputes that were not won. */
    public Money disputed() {
        return sum(disputes.stream()
                .filter(dispute -> isReported(dispute.capture()) && dispute.notWon())
                .map(Dispute::amount));
    }

    private Money sum(Stream<Money> amounts) {
        String currency = currency();
        return amounts.filter(amount -> amount.currency().equals(currency)).reduce(Money.zero(currency), Money::plus);
    }

    /** Returns whether and where the payment can be made at this instant. */
    public Payability payability(Instant now) {
        ReceivedRequest received = request;
        if (received == null) {
            return new Payability.Not(Payability.Why.UNKNOWN);
        }
        PaymentRequest wanted = received.body();
        if (!wanted.due().isPositive()) {
            return new Payability.Not(Payability.Why.NOTHING_DUE);
        }
        if (isPaid()) {
            return new Payability.Not(Payability.Why.PAID);
        }
        if (closedBecause != null) {
            return new Payability.Not(Payability.Why.ENDED);
        }
        if (wasKept()) {
            // The registration has its seat, even if an organiser has refunded some of the money.
            return new Payability.Not(Payability.Why.PAID);
        }
        if (!wanted.payable()) {
            return new Payability.Not(Payability.Why.IN_REVIEW);
        }
        if (!wanted.method().isPaidByItsPayer()) {
            return new Payability.Not(Payability.Why.NOT_HERE);
        }
        if (!now.isBefore(received.sessionsEndAt())) {
            return new Payability.Not(Payability.Why.TIME_OVER);
        }
        return sessions.stream()
                .filter(Session::canCapture)
                .findFirst()
                .<Payability>map(Payability.Already::new)
                .orElseGet(() -> new Payability.Yes(wanted.due()));
    }

    /**
     * Whether money was kept, even if it was refunded later. A receipt proves this as well: an earlier version did not store the command.
     * There is no receipt if an organiser had refunded everything at the provider before.
     */
    boolean wasKept() {
        return reportedCaptures().anyMatch(Capture::kept) || receipt().isPresent();
    }

    /** Whether the registration is paid, so that a later capture is a surplus. */
    boolean isPaid() {
        return reportedCaptures().anyMatch(capture -> left(capture).isPositive());
    }

    /** Whether an organiser has to transfer this refund, because its money came by transfer. */
    public boolean isByTransfer(Refund refund) {
        return captures.stream()
                .anyMatch(capture -> capture.isTransfer() && capture.id().equals(refund.capture()));
    }

    /** Whether a capture has an open dispute; providers refund no money that is under dispute. */
    public boolean isUnderDispute(UUID capture) {
        return disputes.stream()
                .anyMatch(dispute -> dispute.capture().equals(capture) && dispute.state() == Dispute.State.OPEN);
    }

    /**
     * Returns what is left of a capture after a lost dispute and after refunds that take or may take money from it, in the capture's
     * currency.
     */
    public Money left(Capture capture) {
        Money rest = capture.amount();
        for (Refund refund : refunds) {
            if (refund.mayTakeMoney() && capture.id().equals(refund.capture())) {
                rest = rest.less(refund.amount());
            }
        }
        for (Dispute dispute : disputes) {
            if (dispute.state() == Dispute.State.LOST && capture.id().equals(dispute.capture())) {
                rest = dispute.amount().currency().equals(rest.currency())
                        ? rest.less(dispute.amount())
                        : Money.zero(rest.currency());
            }
        }
        return rest;
    }

    /** Returns the captures without surplus, which is refunded automatically. */
    public Stream<Capture> reportedCaptures() {
        return captures.stream().filter(capture -> !capture.surplus());
    }

    /** Whether a capture is one of {@link #reportedCaptures}. */
    public boolean isReported(UUID capture) {
        return reportedCaptures().anyMatch(one -> one.id().equals(capture));
    }

    /** Returns the capture that a provider knows by this name. */
    Optional<Capture> capture(String provider, String payment) {
        return captures.stream()
                .filter(one ->
                        one.provider().equals(provider) && one.providerPayment().equals(payment))
                .findFirst();
    }

    Optional<Attempt> newestAttempt() {
        return attempts.stream().max(Comparator.comparing(Attempt::at));
    }

    public Optional<Attempt> newestFailure() {
        return attempts.stream()
                .filter(attempt -> attempt.outcome() == Attempt.AttemptOutcome.DECLINED)
                .max(Comparator.comparing(Attempt::at));
    }

    /** Returns how money came, for display: the provider's name, or {@link Capture#AT_DESK}. */
    public String shownBy(String provider) {
        return isSoldAtDesk() && provider.equals(Capture.BY_TRANSFER) ? Capture.AT_DESK : provider;
    }

    /** Whether the registration was sold at the desk, so that all its money was taken there. */
    public boolean isSoldAtDesk() {
        return request != null && request.body().method() == PaymentRequest.Method.DESK;
    }

    /** Returns the bank's or the desk's reference of the newest money in a capture; empty for a provider's, and where it was not stored. */
    public Optional<String> reference(Capture capture) {
        return transfers.stream()
                .filter(transfer ->
                        capture.isTransfer() && capture.providerPayment().endsWith(" " + transfer.id()))
                .findFirst()
                .map(Transfer::reference);
    }

    /** Returns the time of a capture in business time, for display. */
    public Instant paidAt(Capture capture) {
        return attempts.stream()
                .filter(one ->
                        one.provider().equals(capture.provider()) && one.id().equals(capture.providerPayment()))
                .map(Attempt::shownAt)
                .findFirst()
                .orElseGet(() -> capture.isTransfer() ? capture.at() : shown(capture.at()));
    }

    /** Converts machine time to business time, for display. */
    public Instant shown(Instant machine) {
        return request == null ? machine : request.inBusinessTime(machine);
    }

    private String currency() {
        List<String> came =
                reportedCaptures().map(capture -> capture.amount().currency()).toList();
        if (request != null) {
            String due = request.body().due().currency();
            return came.isEmpty() || came.contains(due) ? due : came.getFirst();
        }
        if (came.isEmpty()) {
            throw new IllegalStateException("no currency is known before the request");
        }
        return came.getFirst();
    }

    Payment with(ReceivedRequest newest) {
        return change(next -> next.request = newest);
    }

    Payment closed(String reason) {
        return change(next -> next.closedBecause = reason);
    }

    public Payment withSessions(List<Session> all) {
        return change(next -> next.sessions = all);
    }

    public Payment withCaptures(List<Capture> all) {
        return change(next -> next.captures = all);
    }

    public Payment withRefunds(List<Refund> all) {
        return change(next -> next.refunds = all);
    }

    public Payment withDisputes(List<Dispute> all) {
        return change(next -> next.disputes = all);
    }

    public Payment withInquiries(List<Inquiry> all) {
        return change(next -> next.inquiries = all);
    }

    public Payment withAttempts(List<Attempt> all) {
        return change(next -> next.attempts = all);
    }

    public Payment withDocuments(List<IssuedDocument> all) {
        return change(next -> next.documents = all);
    }

    /**
     * Replaces the documents' numbers.
     *
     * @param numbers the new numbers by the current ones
     */
    public Payment withNumbers(Map<String, String> numbers) {
        return numbers.isEmpty()
                ? this
                : withDocuments(documents.stream()
                        .map(document ->
                                document.withNumber(numbers.getOrDefault(document.number(), document.number())))
                        .toList());
    }

    public Payment withTransfers(List<Transfer> all) {
        return change(next -> next.transfers = all);
    }

    public Payment withContactGeneration(int newest) {
        return change(next -> next.contactGeneration = newest);
    }

    public Payment withSequence(long newest) {
        return change(next -> next.sequence = newest);
    }

    /** Raises the sequence to the lowest one that may be used, if it is lower. */
    public Payment withSequenceFrom(long begin) {
        return sequence >= begin ? this : withSequence(begin);
    }

    /** Returns the transfers that together do not cover the amount due yet. */
    public Stream<Transfer> parts() {
        return transfers.stream().filter(transfer -> !transfer.booked());
    }

    /** Returns the payment after a command to keep its captures. */
    Payment kept() {
        return withCaptures(replaceIf(captures, capture -> !capture.surplus(), Capture::withKeep));
    }

    /** Returns the payment after a command to refund its captures. */
    Payment answered() {
        return withCaptures(replaceIf(captures, Capture::waitsForAnswer, Capture::withAnswer));
    }

    /** Returns the newest receipt. There may be several: money that returns after a failed refund gets another one. */
    public Optional<IssuedDocument> receipt() {
        return documents(IssuedDocument.IssuedKind.RECEIPT).reduce((_, newest) -> newest);
    }

    public Stream<IssuedDocument> documents(IssuedDocument.IssuedKind kind) {
        return documents.stream().filter(document -> document.kind() == kind);
    }

    /** Returns the captured money that is on no receipt and neither refunded nor being refunded. */
    Money unreceipted() {
        Money underWay = sum(refunds.stream()
                .filter(refund ->
                        !refund.surplus() && refund.capture() != null && refund.state() == Refund.RefundState.PENDING)
                .map(Refund::amount));
        return captured().less(refunded()).less(underWay).less(inDocuments());
    }

    /** Returns the refunded part of the money on receipts for which there is no credit note yet. */
    Money uncredited() {
        return inDocuments().less(captured().less(refunded()));
    }

    /**
     * Returns the sum of the receipts less that of the credit notes. Once money was kept, this equals the captured less the refunded money.
     */
    public Money inDocuments() {
        return sum(documents(IssuedDocument.IssuedKind.RECEIPT).map(IssuedDocument::amount))
                .less(sum(documents(IssuedDocument.IssuedKind.CREDIT_NOTE).map(IssuedDocument::amount)));
    }

    public static <T> List<T> append(List<T> list, T one) {
        List<T> more = new ArrayList<>(list);
        more.add(one);
        return more;
    }

    static <T> List<T> replaceIf(List<T> list, Predicate<T> which, UnaryOperator<T> change) {
        return list.stream()
                .map(one -> which.test(one) ? change.apply(one) : one)
                .toList();
    }

    private Payment change(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.done();
    }

    /** A mutable copy, used while changing a payment. */
    private static final class Draft {
        private final UUID registration;
        private @Nullable ReceivedRequest request;
        private @Nullable String closedBecause;
        private List<Session> sessions;
        private List<Capture> captures;
        private List<Refund> refunds;
        private List<Dispute> disputes;
        private List<Inquiry> inquiries;
        private List<Attempt> attempts;
        private List<IssuedDocument> documents;
        private List<Transfer> transfers;
        private int contactGeneration;
        private long sequence;

        Draft(Payment from) {
            registration = from.registration;
            request = from.request;
            closedBecause = from.closedBecause;
            sessions = from.sessions;
            captures = from.captures;
            refunds = from.refunds;
            disputes = from.disputes;
            inquiries = from.inquiries;
            attempts = from.attempts;
            documents = from.documents;
            transfers = from.transfers;
            contactGeneration = from.contactGeneration;
            sequence = from.sequence;
        }

        Payment done() {
            return new Payment(
                    registration,
                    request,
                    closedBecause,
                    sessions,
                    captures,
                    refunds,
                    disputes,
                    inquiries,
                    attempts,
                    documents,
                    transfers,
                    contactGeneration,
                    sequence);
        }
    }
}
