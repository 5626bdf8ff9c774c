package org.openingminute.registration.proofs;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openingminute.registration.deskpages.DeskPage;
import org.openingminute.registration.lifecycle.Attendee;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.lifecycle.Status;
import org.openingminute.registration.pages.Localizer;
import org.openingminute.registration.pages.TimeFormat.FormattedMoment;
import org.openingminute.registration.proofs.PastReviews.PastReview;
import org.openingminute.registration.proofs.WaitingProofs.Place;
import org.openingminute.registration.proofs.WaitingProofs.WaitingProof;
import org.openingminute.registration.sale.Category;
import org.openingminute.ui.part.Choice;
import org.openingminute.ui.part.Table;
import org.openingminute.ui.part.Table.Cell;
import org.openingminute.ui.part.Table.Column;
import org.openingminute.ui.part.Tone;

/** What the pages show of proofs, in the reader's language. */
final class ReviewPages {

    /** The usual reasons, by the keys of their texts. */
    private static final List<String> REASONS = List.of("ended", "unreadable", "other-person", "other-category");

    private final DeskPage page;
    private final Localizer localizer;

    ReviewPages(DeskPage page) {
        this.page = page;
        this.localizer = page.localizer();
    }

    /** Where the list of a conference is. */
    static String address(String slug) {
        return "/desk/" + slug + "/proofs";
    }

    /**
     * A proof and whose it is.
     *
     * @param waits whether it can be decided
     * @param due until when; {@code null} if nothing is held
     * @param image whether the file can be shown on the page; of another, a link is
     * @param file where the file is; {@code null} if there is none
     * @param place behind which the next is
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

    /** The usual reasons of a refusal. */
    List<Choice> reasons() {
        return REASONS.stream()
                .map(code -> new Choice(code, localizer.of("proofs.reason." + code)))
                .toList();
    }

    /** What the registrant reads, in the language of the mails: a usual reason, own words, or both. */
    String reason(String code, String words, Registration registration) {
        Localizer registrants = new Localizer(
                localizer.messages(),
                Locale.forLanguageTag(registration.contact().locale()));
        return Stream.of(REASONS.contains(code) ? registrants.of("proofs.reason." + code) : "", words.strip())
                .filter(part -> !part.isEmpty())
                .reduce((usual, own) -> usual + " " + own)
                .orElse("");
    }

    /** Who has decided, and when. */
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
