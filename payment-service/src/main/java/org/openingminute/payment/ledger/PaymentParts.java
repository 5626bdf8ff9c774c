package org.openingminute.payment.ledger;

import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.Problem;
import org.openingminute.payment.lifecycle.Attempt;
import org.openingminute.payment.lifecycle.Capture;
import org.openingminute.payment.lifecycle.Decision.IssuedDocument;
import org.openingminute.payment.lifecycle.DisputeRules.Dispute;
import org.openingminute.payment.lifecycle.DisputeRules.Inquiry;
import org.openingminute.payment.lifecycle.Payment;
import org.openingminute.payment.lifecycle.PaymentRequest;
import org.openingminute.payment.lifecycle.PaymentStatus;
import org.openingminute.payment.lifecycle.Refund;
import org.openingminute.payment.lifecycle.TransferRules.Transfer;
import org.openingminute.ui.part.Figure;
import org.openingminute.ui.part.Link;
import org.openingminute.ui.part.Table;
import org.openingminute.ui.part.Table.Cell;
import org.openingminute.ui.part.Tone;
import org.springframework.web.servlet.ModelAndView;

/** Builds the page of a registration's payment: its sums, and a table for each kind of event. */
final class PaymentParts {

    private final DeskTexts texts;
    private final Payment payment;

    private PaymentParts(DeskTexts texts, Payment payment) {
        this.texts = texts;
        this.payment = payment;
    }

    /**
     * A submitted form that reports a transfer, and why it was refused.
     *
     * @param reference as it was typed
     */
    record RefusedReturn(UUID refund, String reference, Problem why) {}

    /**
     * A refund that waits for a transfer, with the form that reports the transfer.
     *
     * @param payer {@code null} if the name was erased
     * @param address where the form is sent
     * @param reference as it was typed
     * @param error what is wrong with the reference; {@code null} for nothing
     */
    record WaitingReturn(
            UUID refund,
            String amount,
            @Nullable String payer,
            String address,
            String reference,
            @Nullable String error) {}

    /**
     * Builds the page.
     *
     * @param refused the form that was refused; {@code null} for none
     */
    static ModelAndView shown(DeskPage page, Payment payment, PaymentRequest asked, @Nullable RefusedReturn refused) {
        PaymentParts parts = new PaymentParts(page.texts(), payment);
        @Nullable String error = refused == null ? null : parts.error(refused.why());
        return page.view("desk-registration-money", page.texts().of("money.of") + " " + asked.reference())
                .addObject("registration", RegistrationMoneyController.address(payment))
                .addObject("refusal", refused == null || error != null ? null : parts.refusal(refused.why()))
                .addObject(
                        "errors",
                        refused == null || error == null
                                ? List.of()
                                : List.of(new Link(
                                        "#reference-" + refused.refund(),
                                        page.texts().of(parts.returnTexts() + ".reference") + ": " + error)))
                .addObject("texts", parts.returnTexts())
                .addObject("returns", parts.returns(asked, refused, error))
                .addObject("figures", page.isPart() ? parts.besideTotals() : parts.figures(asked))
                .addObject("tables", parts.tables());
    }

    private @Nullable String error(Problem why) {
        return why.errors().stream()
                .findFirst()
                .map(error -> texts.of("money.return." + error.code()))
                .orElse(null);
    }

    private String refusal(Problem why) {
        return texts.localizer().detail(why, texts.language());
    }

    private String returnTexts() {
        return payment.isSoldAtDesk() ? "money.return-at-desk" : "money.return";
    }

    private List<WaitingReturn> returns(PaymentRequest asked, @Nullable RefusedReturn refused, @Nullable String error) {
        String address = RegistrationMoneyController.address(payment) + "/money/refunds/";
        return payment.refunds().stream()
                .filter(this::isToReturn)
                .map(refund -> {
                    boolean isBlank = refused == null || !refused.refund().equals(refund.id());
                    return new WaitingReturn(
                            refund.id(),
                            texts.money(refund.amount()),
                            asked.buyer().name(),
                            address + refund.id(),
                            refused == null || isBlank ? "" : refused.reference(),
                            isBlank ? null : error);
                })
                .toList();
    }

    private boolean isToReturn(Refund refund) {
        return refund.state() == Refund.RefundState.PENDING && payment.isByTransfer(refund);
    }

    /** Returns the sums that the registration's page, which includes this part, does not show itself. */
    private List<Figure> besideTotals() {
        return payment.disputed().isPositive()
                ? List.of(figure("disputed", texts.money(payment.disputed())))
                : List.of();
    }

    private List<Figure> figures(PaymentRequest asked) {
        PaymentStatus status = payment.status();
        List<Figure> totals = List.of(
                new Figure(
                        texts.of("money.status"), texts.of("money.status." + status.text()), null, tone(status), null),
                figure("due", texts.money(asked.due())),
                figure("captured", texts.money(payment.captured())),
                figure("refunded", texts.money(payment.refunded())));
        return Stream.concat(totals.stream(), besideTotals().stream()).toList();
    }

    private Figure figure(String name, String value) {
        return new Figure(texts.of("money." + name), value, null, Tone.NEUTRAL, null);
    }

    private static Tone tone(PaymentStatus status) {
        return switch (status) {
            case CAPTURED -> Tone.GOOD;
            case AWAITING, PROCESSING -> Tone.WAIT;
            case FAILED, DISPUTED -> Tone.BAD;
            case PARTLY_REFUNDED, REFUNDED, CLOSED -> Tone.NEUTRAL;
        };
    }

    private List<Table> tables() {
        return Stream.of(
                        table(
                                "captures",
                                payment.captures().stream().map(this::row).toList(),
                                "at",
                                "amount",
                                "state",
                                "by",
                                "reference"),
                        table(
                                "refunds",
                                payment.refunds().stream().map(this::row).toList(),
                                "at",
                                "amount",
                                "state",
                                "reason",
                                "detail"),
                        table(
                                "disputes",
                                Stream.concat(
                                                payment.disputes().stream().map(this::row),
                                                payment.inquiries().stream().map(this::row))
                                        .toList(),
                                "at",
                                "amount",
                                "state",
                                "by",
                                "reference"),
                        table("transfers", transfers(), "at", "amount", "state", "reference"),
                        table(
                                "documents",
                                payment.documents().stream().map(this::row).toList(),
                                "number",
                                "kind",
                                "amount",
                                "at"),
                        table(
                                "attempts",
                                payment.attempts().stream().map(this::row).toList(),
                                "at",
                                "state",
                                "reason",
                                "by"))
                .filter(table -> !table.rows().isEmpty())
                .toList();
    }

    /** Returns the bank transfers; money taken at the desk is none, and comes at once. */
    private List<List<Cell>> transfers() {
        return payment.isSoldAtDesk()
                ? List.of()
                : payment.transfers().stream().map(this::row).toList();
    }

    private Table table(String name, List<List<Cell>> rows, String... columns) {
        return new Table(
                texts.of("money." + name),
                Stream.of(columns)
                        .map(column -> new Table.Column(texts.of("money." + column), column.equals("amount")))
                        .toList(),
                rows);
    }

    private List<Cell> row(Attempt attempt) {
        boolean isPaid = attempt.outcome() != Attempt.AttemptOutcome.DECLINED
                && attempt.outcome() != Attempt.AttemptOutcome.PROCESSING;
        return List.of(
                new Cell(texts.time(attempt.shownAt())),
                state(
                        "attempt." + attempt.outcome().text(),
                        isPaid
                                ? Tone.GOOD
                                : attempt.outcome() == Attempt.AttemptOutcome.DECLINED ? Tone.BAD : Tone.WAIT),
                new Cell(
                        attempt.reason() == null
                                ? ""
                                : texts.of(
                                        "money.failure." + attempt.failureCode().text())),
                provider(attempt.provider()));
    }

    private List<Cell> row(Capture capture) {
        Cell state;
        if (capture.surplus()) {
            state = state("capture.surplus", Tone.NEUTRAL);
        } else {
            state = switch (capture.answer()) {
                case NONE -> state("capture.none", Tone.WAIT);
                case KEPT -> state("capture.kept", Tone.GOOD);
                case GIVEN_BACK -> state("capture.given-back", Tone.NEUTRAL);
            };
        }
        return List.of(
                new Cell(texts.time(payment.paidAt(capture))),
                new Cell(texts.money(capture.amount())),
                state,
                provider(capture.provider()),
                new Cell(payment.reference(capture).orElse(capture.providerPayment())));
    }

    private List<Cell> row(Refund refund) {
        Cell state = switch (refund.state()) {
            case PENDING -> state(pending(refund), Tone.WAIT);
            case DONE -> state("refund.done", Tone.GOOD);
            case FAILED -> state("refund.failed", Tone.BAD);
        };
        @Nullable String detail = refund.failure() == null ? refund.providerRefund() : refund.failure();
        return List.of(
                new Cell(texts.time(payment.shown(refund.requestedAt()))),
                new Cell(texts.money(refund.amount())),
                state,
                new Cell(refund.reason()),
                new Cell(detail == null ? "" : detail));
    }

    private String pending(Refund refund) {
        if (!isToReturn(refund)) {
            return "refund.pending";
        }
        return payment.isSoldAtDesk() ? "refund.to-give-back" : "refund.to-transfer";
    }

    private List<Cell> row(Dispute dispute) {
        Cell state = switch (dispute.state()) {
            case OPEN -> state("dispute.open", Tone.BAD);
            case WON -> state("dispute.won", Tone.GOOD);
            case LOST -> state("dispute.lost", Tone.BAD);
        };
        return List.of(
                new Cell(texts.time(payment.shown(dispute.at()))),
                new Cell(texts.money(dispute.amount())),
                state,
                provider(dispute.provider()),
                new Cell(dispute.providerDispute()));
    }

    private List<Cell> row(Inquiry inquiry) {
        boolean isOpen = inquiry.closedAt() == null;
        return List.of(
                new Cell(texts.time(payment.shown(inquiry.openedAt()))),
                new Cell(texts.money(inquiry.amount())),
                state(isOpen ? "inquiry.open" : "inquiry.closed", isOpen ? Tone.WAIT : Tone.NEUTRAL),
                provider(inquiry.provider()),
                new Cell(inquiry.providerDispute()));
    }

    private List<Cell> row(Transfer transfer) {
        return List.of(
                new Cell(texts.time(transfer.at())),
                new Cell(texts.money(transfer.amount())),
                transfer.booked() ? state("transfer.booked", Tone.GOOD) : state("transfer.part", Tone.WAIT),
                new Cell(Objects.requireNonNullElse(transfer.reference(), "")));
    }

    private List<Cell> row(IssuedDocument document) {
        boolean isReceipt = document.kind() == IssuedDocument.IssuedKind.RECEIPT;
        String address = RegistrationMoneyController.address(payment) + "/money?file="
                + (isReceipt ? "receipt.pdf" : "credit-note.pdf");
        return List.of(
                new Cell(document.number(), address, Tone.NEUTRAL),
                new Cell(texts.of(isReceipt ? "money.receipt" : "money.credit-note")),
                new Cell(texts.money(document.amount())),
                new Cell(texts.time(document.issuedAt())));
    }

    private Cell provider(String name) {
        return new Cell(texts.of("money.provider." + payment.shownBy(name)));
    }

    private Cell state(String key, Tone tone) {
        return new Cell(texts.of("money." + key), null, tone);
    }
}
