package org.openingminute.notification.composition;

import static org.openingminute.notification.projection.States.CONFERENCE;
import static org.openingminute.notification.projection.States.usd;

import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Samples of every announcement and subscription mail. */
final class AnnouncementSamples {

    private static final AnnouncementComposer COMPOSER = new AnnouncementComposer(
            CompositionConfiguration.templates(),
            CompositionConfiguration.messages(),
            "https://tickets.example.org",
            "tickets.example.org");

    private static final Announcement.Prices PRICES = new Announcement.Prices(
            new Announcement.AnnouncedPhase("Early", Instant.parse("2026-04-02T11:59:59Z")),
            new Announcement.AnnouncedPhase("Regular", Instant.parse("2026-05-18T06:59:59Z")),
            List.of(
                    new Announcement.AnnouncedPrice("Industry", usd(95_000), usd(115_000)),
                    new Announcement.AnnouncedPrice("Academic", usd(65_000), usd(80_000)),
                    new Announcement.AnnouncedPrice("Guest", usd(0), usd(0))));

    private static final Announcement.Announced WRITTEN = new Announcement.Announced("The first keynote", """
            The first keynote of the week is settled.

            It is about serving models <at scale> & what that costs:
            https://example.org/keynotes?day=1&lang=en.

            See you in May.""");

    private AnnouncementSamples() {}

    /**
     * A sample.
     *
     * @param when the occasion of the mail
     * @param topic {@code null} for mails to registrants
     */
    record Sample(
            String name,
            String when,
            Announcement announcement,
            String locale,
            @Nullable String topic,
            boolean ends) {

        ComposedMail composed() {
            return COMPOSER.compose(
                    announcement,
                    CONFERENCE,
                    new Announcement.Reader(locale, topic, ends ? "the.leaving.token" : null));
        }

        @Override
        public String toString() {
            return name + "." + locale;
        }
    }

    static List<Sample> all() {
        return Stream.of("en", "de").flatMap(AnnouncementSamples::in).toList();
    }

    private static Stream<Sample> in(String locale) {
        return Stream.of(
                new Sample(
                        "interest-opt-in",
                        "somebody asks to be told about topics",
                        new Announcement.OptInMail(List.of("registration", "price-deadline"), "the.joining.token"),
                        locale,
                        null,
                        true),
                new Sample("announcement", "an organiser announces something", WRITTEN, locale, "keynotes", true),
                new Sample(
                        "announcement-to-attendees",
                        "an organiser announces something to attendees",
                        WRITTEN,
                        locale,
                        null,
                        false),
                new Sample(
                        "sale-opened",
                        "the sale opens",
                        new Announcement.SaleOpened(PRICES),
                        locale,
                        "registration",
                        true),
                new Sample(
                        "sale-opened-in-one-phase",
                        "the sale opens, and no other phase follows",
                        new Announcement.SaleOpened(new Announcement.Prices(PRICES.phase(), null, List.of())),
                        locale,
                        "registration",
                        true),
                new Sample(
                        "deadline-near",
                        "a phase ends soon",
                        new Announcement.DeadlineNear(PRICES),
                        locale,
                        "price-deadline",
                        true));
    }
}
