package org.openingminute.registration.transfers;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.Problem;
import org.openingminute.registration.deskpages.DeskPage;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.pages.Localizer;
import org.openingminute.registration.sale.Money;
import org.openingminute.registration.transfers.TransferMarks.Marked;
import org.openingminute.registration.transfers.TransferMatcher.Match;
import org.openingminute.registration.transfers.TransferMatcher.Matched;
import org.openingminute.registration.transfers.TransferMatcher.TransferCandidate;
import org.openingminute.ui.part.Tone;

/** Formats transfers for the pages, in the reader's language. */
final class TransferRows {

    private final DeskPage page;
    private final Localizer localizer;

    TransferRows(DeskPage page) {
        this.page = page;
        this.localizer = page.localizer();
    }

    /**
     * A line of the bank statement and its possible registrations.
     *
     * @param note a remark about the line; {@code null} for none
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
     * A possible registration of a line.
     *
     * @param mark value of the tick box; {@code null} if this registration cannot be marked
     */
    record MatchOption(@Nullable String mark, String name, String reference, String address, String due) {}

    /** The outcome for a ticked line. */
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
            @Nullable Integer same = first.putIfAbsent(transfers.get(i).matchKey(), i + 1);
            rows.add(row(i + 1, transfers.get(i), matched.get(i), same == null ? 0 : same));
        }
        return rows;
    }

    /** @param same the number of an earlier, equal line; 0 for none */
    private MatchRow row(int number, BankTransfer transfer, Matched matched, int same) {
        boolean twice = same > 0;
        Match match = matched.match();
        boolean byName = isByName(transfer, matched);
        return new MatchRow(
                number,
                transfer.text() == null || transfer.text().isEmpty() ? transfer.identity() : transfer.text(),
                transfer.amount() == null ? "" : localizer.money(transfer.amount()),
                day(transfer.receivedAt()),
                localizer.of(
                        twice
                                ? "transfers.twice"
                                : byName
                                        ? "transfers.match.by-name"
                                        : "transfers.match." + match.name().toLowerCase(Locale.ROOT)),
                twice ? Tone.NEUTRAL : byName ? Tone.WAIT : tone(match),
                twice ? localizer.of("transfers.twice-text", same) : note(transfer, matched),
                matched.candidates().stream()
                        .map(candidate -> option(transfer, match, twice, candidate))
                        .toList());
    }

    private String day(@Nullable Instant receivedAt) {
        if (receivedAt == null) {
            return localizer.of("transfers.no-day");
        }
        String day = page.times().day(receivedAt);
        return receivedAt.isAfter(page.now()) ? localizer.of("transfers.day-to-come", day) : day;
    }

    /** Whether the amount is exact, and no reference but a name led to the registration. */
    private static boolean isByName(BankTransfer transfer, Matched matched) {
        return matched.match() == Match.EXACT
                && !transfer.names(matched.candidates().getFirst().reference());
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
                                : matched.candidates().size() > 1
                                        ? "transfers.over-several-text"
                                        : "transfers.over-text");
            case UNKNOWN -> localizer.of(unknown(transfer, matched));
            case EXACT ->
                matched.candidates().size() > 1
                        ? localizer.of("transfers.several-text")
                        : isByName(transfer, matched) ? localizer.of("transfers.by-name-text") : null;
            case KNOWN -> null;
        };
    }

    private String unknown(BankTransfer transfer, Matched matched) {
        @Nullable Money amount = transfer.amount();
        if (amount == null) {
            return "transfers.no-amount-text";
        }
        if (!amount.currency()
                .equals(page.conference().definition().registration().currency())) {
            return "transfers.other-currency-text";
        }
        return matched.candidates().isEmpty() ? "transfers.unknown-text" : "transfers.not-comparable-text";
    }

    private MatchOption option(BankTransfer transfer, Match match, boolean twice, TransferCandidate candidate) {
        boolean open = !twice
                && match != Match.KNOWN
                && match != Match.UNKNOWN
                && candidate.due().amount() > 0;
        return option(
                open && transfer.amount() != null
                        ? new TransferMark(
                                        candidate.registration(),
                                        transfer.identity(),
                                        transfer.amount(),
                                        transfer.arrivedBy(page.now()))
                                .encoded()
                        : null,
                candidate);
    }

    /**
     * Returns the ticked transfers in the order of ticking, each once. A transfer with several options was ticked for all of them.
     *
     * @param known registrations by id
     */
    List<MatchRow> ticked(List<TransferMark> marks, Map<UUID, Registration> known) {
        Map<String, List<TransferMark>> transfers = marks.stream()
                .filter(mark -> known.containsKey(mark.registration()))
                .collect(Collectors.groupingBy(TransferMark::matchKey, LinkedHashMap::new, Collectors.toList()));
        List<MatchRow> rows = new ArrayList<>();
        for (List<TransferMark> same : transfers.values()) {
            TransferMark first = same.getFirst();
            boolean several = same.size() > 1;
            rows.add(new MatchRow(
                    rows.size() + 1,
                    first.reference(),
                    localizer.money(first.amount()),
                    page.times().at(first.receivedAt()).text(),
                    localizer.of(several ? "transfers.for-several" : "transfers.for-one"),
                    several ? Tone.BAD : Tone.NEUTRAL,
                    several ? localizer.of("transfers.for-several-text") : null,
                    same.stream()
                            .map(mark -> option(mark.encoded(), candidate(mark, known)))
                            .toList()));
        }
        return rows;
    }

    private static TransferCandidate candidate(TransferMark mark, Map<UUID, Registration> known) {
        return TransferCandidate.of(Objects.requireNonNull(known.get(mark.registration())));
    }

    private MatchOption option(@Nullable String mark, TransferCandidate candidate) {
        return new MatchOption(
                mark,
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
        return problem.reason()
                .flatMap(reason -> localizer.find("transfers.refused." + reason))
                .or(() -> localizer.find("transfers.refused." + code))
                .orElseGet(() -> localizer.of("transfers.refused.other"));
    }
}
