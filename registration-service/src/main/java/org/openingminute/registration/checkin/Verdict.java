package org.openingminute.registration.checkin;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.registration.SaleProblem;
import org.openingminute.registration.checkin.CheckIns.Admitted;
import org.openingminute.registration.pages.Localizer;
import org.openingminute.registration.pages.TimeFormat;
import org.openingminute.registration.sale.Category;
import org.openingminute.registration.sale.SaleTerms;
import org.openingminute.ui.part.Tone;

/**
 * The result of a check-in as a gate shows it: one word, its colour and details.
 *
 * @param who the attendee's name; {@code null} if it may not be shown
 * @param lines details: the category, when and where the attendee was checked in, why a ticket is not valid
 * @param checkIn a check-in that can be undone; {@code null} if there is none
 */
record Verdict(
        Word word,
        String text,
        @Nullable String who,
        List<String> lines,
        @Nullable UUID checkIn) {

    /** The possible words. */
    enum Word {
        IN("in", Tone.GOOD),
        ALREADY("already", Tone.WAIT),
        UNDONE("undone", Tone.WAIT),
        /** The registration is cancelled, or the seat was given to another person. */
        ENDED("ended", Tone.BAD),
        /** The payment is disputed. */
        FROZEN("frozen", Tone.BAD),
        /** The registration is not confirmed. */
        NONE("none", Tone.BAD),
        NOT_OURS("not-ours", Tone.BAD);

        private final String key;
        private final Tone tone;

        Word(String key, Tone tone) {
            this.key = key;
            this.tone = tone;
        }

        Tone tone() {
            return tone;
        }

        String text(Localizer localizer) {
            return localizer.of("door." + key);
        }

        private String why(Localizer localizer) {
            return localizer.of("door." + key + ".text");
        }
    }

    /** Returns the colour of the word. */
    public Tone tone() {
        return word.tone();
    }

    /** Builds the verdict for a check-in, made just now or earlier, possibly undone since. */
    static Verdict of(Admitted admitted, SaleTerms terms, TimeFormat times, Localizer localizer) {
        CheckIn checkIn = admitted.checkIn();
        List<String> lines = new ArrayList<>(about(admitted.holder(), terms));
        lines.add(when(checkIn.at(), checkIn.gate(), times, localizer));
        boolean undone = checkIn.undone() != null;
        Word word = undone ? Word.UNDONE : Word.IN;
        return new Verdict(word, word.text(localizer), admitted.holder().name(), lines, undone ? null : checkIn.id());
    }

    /**
     * Builds the verdict for a refusal; empty for a refusal that is no verdict, such as an invalid field.
     *
     * @param first the check-in in force that caused the refusal; {@code null} if there is none
     */
    static Optional<Verdict> of(
            Problem refusal, @Nullable Admitted first, SaleTerms terms, TimeFormat times, Localizer localizer) {
        if (refusal.code() == SaleProblem.ALREADY_CHECKED_IN && first != null) {
            Verdict before = of(first, terms, times, localizer);
            return Optional.of(new Verdict(
                    Word.ALREADY, Word.ALREADY.text(localizer), before.who(), before.lines(), before.checkIn()));
        }
        if (refusal.code() == CommonProblem.NOT_ALLOWED_NOW
                && refusal.members().get("ticket") instanceof String ticket) {
            return Optional.of(
                    switch (ticket) {
                        case "ended" -> refused(Word.ENDED, localizer);
                        case "frozen" -> refused(Word.FROZEN, localizer);
                        case "none" -> refused(Word.NONE, localizer);
                        default ->
                            new Verdict(
                                    Word.NOT_OURS,
                                    Word.NOT_OURS.text(localizer),
                                    null,
                                    List.of(localizer.of("door.other-conference")),
                                    null);
                    });
        }
        return refusal.code() == CommonProblem.INVALID
                ? Optional.of(refused(Word.NOT_OURS, localizer))
                : Optional.empty();
    }

    /** Builds the verdict for a text that is neither a ticket nor identifies an attendee. */
    static Verdict notOurs(Localizer localizer) {
        return refused(Word.NOT_OURS, localizer);
    }

    private static Verdict refused(Word word, Localizer localizer) {
        return new Verdict(word, word.text(localizer), null, List.of(word.why(localizer)), null);
    }

    /** Describes the attendee's category and add-ons. */
    static List<String> about(TicketHolders.TicketHolder holder, SaleTerms terms) {
        List<String> about = new ArrayList<>();
        about.add(category(holder.attendee().category(), terms));
        if (!holder.attendee().addOns().isEmpty()) {
            about.add(holder.attendee().addOns().stream()
                    .map(addOn -> addOn.quantity() + " × "
                            + terms.addOn(addOn.code())
                                    .map(SaleTerms.AddOn::name)
                                    .orElse(addOn.code()))
                    .collect(Collectors.joining(", ")));
        }
        return about;
    }

    static String category(String code, SaleTerms terms) {
        return terms.category(code).map(Category::name).orElse(code);
    }

    /** Formats when and where an attendee was checked in. */
    static String when(Instant at, String gate, TimeFormat times, Localizer localizer) {
        return localizer.of("door.when", times.at(at).text(), gate);
    }
}
