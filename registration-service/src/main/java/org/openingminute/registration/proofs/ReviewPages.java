package org.openingminute.registration.proofs;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openingminute.registration.acts.ActEffects;
import org.openingminute.registration.acts.ActEffects.Effect;
import org.openingminute.registration.deskpages.DeskPage;
import org.openingminute.registration.lifecycle.Attendee;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.lifecycle.Status;
import org.openingminute.registration.pages.Localizer;
import org.openingminute.registration.pages.TimeFormat.FormattedMoment;
import org.openingminute.registration.proofs.PastReviews.PastReview;
import org.openingminute.registration.proofs.Reviews.ForeseenReview;
import org.openingminute.registration.proofs.WaitingProofs.Place;
import org.openingminute.registration.proofs.WaitingProofs.WaitingProof;
import org.openingminute.registration.sale.Category;
import org.openingminute.ui.part.Choice;
import org.openingminute.ui.part.Table;
import org.openingminute.ui.part.Table.Cell;
import org.openingminute.ui.part.Table.Column;
import org.openingminute.ui.part.Tone;

/** Formats proofs for the pages, in the reader's language. */
final class ReviewPages {

    /** Common reasons for a refusal, by message key. */
    private static final List<String> REASONS = List.of("ended", "unreadable", "other-person", "other-category");

    private final DeskPage page;
    private final Localizer localizer;

    ReviewPages(DeskPage page) {
        this.page = page;
        this.localizer = page.localizer();
    }

    /** Returns the address of a conference's list. */
    static String address(String slug) {
        return "/desk/" + slug + "/proofs";
    }

    /**
     * A proof and its attendee.
     *
     * @param waits whether the proof is under review and not accepted yet
     * @param due end of the hold; {@code null} if no seats are held
     * @param image whether the file can be shown inline; otherwise the page links to it
     * @param file address of the file; {@code null} if there is none
     * @param place the position after which the next proof follows
     */
    record ReviewView(
            String address,
            String registration,
            String reference,
            String name,
            String email,
            @Nullable String affiliation,
            String category,
            boolean waits,
            @Nullable FormattedMoment due,
            boolean image,
            @Nullable String file,
            String place) {}

    ReviewView review(Registration registration, Attendee attendee, Optional<String> contentType) {
        String slug = registration.conference();
        String address = address(slug) + "/" + registration.id() + "/" + attendee.id();
        @Nullable Instant due = registration.hold().expiresAt();
        boolean open = registration.status() == Status.PENDING_REVIEW && attendee.isUnproved();
        return new ReviewView(
                address,
                "/desk/" + slug + "/registrations/" + registration.id(),
                registration.reference(),
                name(attendee),
                attendee.email(),
                attendee.affiliation(),
                category(attendee.category()),
                open,
                due == null ? null : page.times().deadline(due),
                contentType.filter(type -> type.startsWith("image/")).isPresent(),
                contentType.map(_ -> address + "/file").orElse(null),
                new Place(due == null ? Instant.EPOCH : due, attendee.id()).encoded());
    }

    private static String name(Attendee attendee) {
        return attendee.givenName() + " " + attendee.familyName();
    }

    private String category(String code) {
        return page.conference()
                .definition()
                .registration()
                .category(code)
                .map(Category::name)
                .orElse(code);
    }

    /** Builds the table that compares the effects of both decisions. */
    Table effects(Registration registration, ForeseenReview foreseen) {
        ActEffects effects = new ActEffects(registration, page.conference(), localizer);
        List<Effect> accepted = effects.ofReview(foreseen.accepted());
        List<Effect> refused = effects.ofReview(foreseen.refused());
        return new Table(
                localizer.of("proofs.effects"),
                Stream.of("effect", "accept", "refuse")
                        .map(column -> new Column(localizer.of("proofs." + column), false))
                        .toList(),
                IntStream.range(0, accepted.size())
                        .mapToObj(kind -> List.of(
                                new Cell(accepted.get(kind).label()),
                                new Cell(inOne(accepted.get(kind))),
                                new Cell(inOne(refused.get(kind)))))
                        .toList());
    }

    private static String inOne(Effect effect) {
        return String.join("; ", effect.texts());
    }

    /** Returns the common reasons for a refusal. */
    List<Choice> reasons() {
        return REASONS.stream()
                .map(code -> new Choice(code, localizer.of("proofs.reason." + code)))
                .toList();
    }

    /**
     * Builds the reason for the registrant, in the language of the registration's mails: a common reason, the organiser's own words, or
     * both.
     */
    String reason(String code, String words, Registration registration) {
        Localizer registrants = new Localizer(
                localizer.messages(),
                Locale.forLanguageTag(registration.contact().locale()));
        return Stream.of(REASONS.contains(code) ? registrants.of("proofs.reason." + code) : "", words.strip())
                .filter(part -> !part.isEmpty())
                .reduce((usual, own) -> usual + " " + own)
                .orElse("");
    }

    /** Describes who decided, and when. */
    String decided(PastReview past) {
        return localizer.of(
                past.accepted() ? "proofs.accepted-by" : "proofs.refused-by",
                past.who(),
                page.times().at(past.at()).text());
    }

    Table table(List<WaitingProof> waiting) {
        return new Table(
                localizer.of("proofs.caption"),
                Stream.of("name", "category", "reference", "uploaded", "due")
                        .map(column -> new Column(localizer.of("proofs." + column), false))
                        .toList(),
                waiting.stream()
                        .map(one -> List.of(
                                new Cell(
                                        one.name(),
                                        address(page.conference().slug()) + "/" + one.registration() + "/"
                                                + one.attendee(),
                                        Tone.NEUTRAL),
                                new Cell(category(one.category())),
                                new Cell(one.reference()),
                                new Cell(page.times().at(one.uploadedAt()).text()),
                                new Cell(page.times().deadline(one.dueAt()).text())))
                        .toList());
    }
}
