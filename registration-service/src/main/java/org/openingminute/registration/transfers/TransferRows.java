package org.openingminute.registration.transfers;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.Problem;
import org.openingminute.registration.deskpages.DeskPage;
import org.openingminute.registration.pages.Localizer;
import org.openingminute.registration.transfers.TransferMarks.Marked;
import org.openingminute.registration.transfers.TransferMatcher.Match;
import org.openingminute.registration.transfers.TransferMatcher.Matched;
import org.openingminute.registration.transfers.TransferMatcher.TransferCandidate;
import org.openingminute.ui.part.Tone;

/** What the pages show of transfers, in the reader's language. */
final class TransferRows {

    private final DeskPage page;
    private final Localizer localizer;

    TransferRows(DeskPage page) {
        this.page = page;
        this.localizer = page.localizer();
    }

    /**
     * A line and what it may be for.
     *
     * @param note what has to be known about it; {@code null} for nothing
     */
    record MatchRow(
            int number,
            String text,
            String amount,
            String day,
            String match,
            Tone tone,
            @Nullable String note,
            List<MatchOption> options) {}

    /**
     * A registration that a line may be for.
     *
     * @param mark value of its tick box; {@code null} where it cannot be marked
     */
    record MatchOption(@Nullable String mark, String name, String reference, String address, String due) {}

    /** What became of a ticked line. */
    record MarkedRow(
            String reference,
            @Nullable String name,
            @Nullable String address,
            String amount,
            String outcome,
            Tone tone) {}

    List<MatchRow> matches(List<BankTransfer> transfers, List<Matched> matched) {
        List<MatchRow> rows = new ArrayList<>();
        Map<String, Integer> first = new HashMap<>();
        for (int i = 0; i < transfers.size(); i++) {
            @Nullable Integer same = first.putIfAbsent(transfers.get(i).sameness(), i + 1);
            rows.add(row(i + 1, transfers.get(i), matched.get(i), same == null ? 0 : same));
        }
        return rows;
    }

    /** @param same the number of an earlier line that is the same; 0 for none */
    private MatchRow row(int number, BankTransfer transfer, Matched matched, int same) {
        boolean twice = same > 0;
        Match match = matched.match();
        return new MatchRow(
                number,
                transfer.text() == null || transfer.text().isEmpty() ? transfer.identity() : transfer.text(),
                transfer.amount() == null ? "" : localizer.money(transfer.amount()),
                transfer.receivedAt() == null
                        ? ""
                        : page.times().at(transfer.receivedAt()).text(),
                localizer.of(
                        twice
                                ? "transfers.twice"
                                : "transfers.match." + match.name().toLowerCase(Locale.ROOT)),
                twice ? Tone.NEUTRAL : tone(match),
                twice ? localizer.of("transfers.twice-text", same) : note(transfer, matched),
                matched.candidates().stream()
                        .map(candidate -> option(transfer, match, twice, candidate))
                        .toList());
    }

    private static Tone tone(Match match) {
        return switch (match) {
            case EXACT -> Tone.GOOD;
            case PART, OVER -> Tone.WAIT;
            case UNKNOWN -> Tone.BAD;
            case KNOWN -> Tone.NEUTRAL;
        };
    }

    private @Nullable String note(BankTransfer transfer, Matched matched) {
        return switch (matched.match()) {
            case PART -> localizer.of("transfers.part-text");
            case OVER ->
                localizer.of(
                        matched.candidates().getFirst().due().amount() == 0
                                ? "transfers.nothing-due-text"
                                : "transfers.over-text");
            case UNKNOWN ->
                localizer.of(
                        transfer.amount() == null
                                ? "transfers.no-amount-text"
                                : matched.candidates().isEmpty()
                                        ? "transfers.unknown-text"
                                        : "transfers.other-currency-text");
            case EXACT -> matched.candidates().size() > 1 ? localizer.of("transfers.several-text") : null;
            case KNOWN -> null;
        };
    }

    private MatchOption option(BankTransfer transfer, Match match, boolean twice, TransferCandidate candidate) {
        boolean open = !twice
                && match != Match.KNOWN
                && match != Match.UNKNOWN
                && candidate.due().amount() > 0;
        return new MatchOption(
                open && transfer.amount() != null && transfer.receivedAt() != null
                        ? new TransferMark(
                                        candidate.registration(),
                                        transfer.identity(),
                                        transfer.amount(),
                                        transfer.receivedAt())
                                .encoded()
                        : null,
                candidate.name(),
                candidate.reference(),
                address(candidate.registration()),
                localizer.money(candidate.due()));
    }

    private String address(Object registration) {
        return "/desk/" + page.conference().slug() + "/registrations/" + registration;
    }

    List<MarkedRow> marked(List<Marked> marked) {
        return marked.stream()
                .map(one -> new MarkedRow(
                        one.registration() == null ? "" : one.registration().reference(),
                        one.registration() == null
                                ? null
                                : one.registration().contact().name(),
                        one.registration() == null
                                ? null
                                : address(one.registration().id()),
                        localizer.money(one.mark().amount()),
                        one.refusal() == null ? localizer.of("transfers.marked") : refusal(one.refusal()),
                        one.refusal() == null ? Tone.GOOD : Tone.BAD))
                .toList();
    }

    private String refusal(Problem problem) {
        String code = problem.errors().isEmpty()
                ? problem.code().wireName()
                : problem.errors().getFirst().code();
        return localizer.find("transfers.refused." + code).orElseGet(() -> localizer.of("transfers.refused.other"));
    }
}
