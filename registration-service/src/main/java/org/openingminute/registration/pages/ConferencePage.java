package org.openingminute.registration.pages;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openingminute.registration.conferences.AvailabilityView;
import org.openingminute.registration.decision.Conference;
import org.openingminute.registration.room.RoomEntry.WaitingLine;
import org.openingminute.registration.sale.Category;
import org.openingminute.registration.sale.Definition;
import org.openingminute.registration.sale.Money;
import org.openingminute.registration.sale.Phase;
import org.openingminute.registration.sale.RefundPolicy.CancellationRule;

/** The content of a conference's page. */
record ConferencePage(
        String path,
        String name,
        @Nullable String fullName,
        String days,
        @Nullable String place,
        @Nullable String website,
        @Nullable String summary,
        List<Definition.Theme> themes,
        List<String> audiences,
        List<Talk> keynotes,
        List<Talk> sessions,
        boolean sample,
        SaleView sale,
        @Nullable LineView line,
        List<PhaseSpan> phases,
        List<CategoryPrices> categories,
        List<AddOnPrice> addOns,
        List<String> policy) {

    /**
     * The state of the sale.
     *
     * @param state as in the API, for the style sheet
     * @param canRegister whether a registration is possible
     */
    record SaleView(String state, String text, boolean canRegister) {}

    /**
     * The line in front of the sale.
     *
     * @param path of the waiting room
     */
    record LineView(String text, String path) {}

    record Talk(
            String title,
            String who,
            @Nullable String about,
            TimeFormat.@Nullable FormattedMoment startsAt,
            @Nullable String where) {}

    record PhaseSpan(String name, TimeFormat.FormattedMoment from, TimeFormat.FormattedMoment until, boolean current) {}

    record CategoryPrices(String name, List<CategoryPrice> prices, String left, List<String> notes) {}

    record CategoryPrice(String text, boolean current) {}

    record AddOnPrice(String name, String price, int most) {}

    /** @param line the line in front of the sale; {@code null} for none */
    static ConferencePage of(
            Conference conference, AvailabilityView availability, @Nullable WaitingLine line, Localizer localizer) {
        Definition d = conference.definition();
        TimeFormat timeFormat = TimeFormat.of(conference, localizer);
        @Nullable
        String current =
                availability.phase() == null ? null : availability.phase().code();
        return new ConferencePage(
                "/conferences/" + d.slug(),
                d.name(),
                d.fullName(),
                timeFormat.days(d.startsOn(), d.endsOn()),
                place(d, localizer.locale()),
                d.website(),
                d.summary(),
                d.themes(),
                d.audiences(),
                d.program().keynotes().stream()
                        .map(item -> talk(item, timeFormat))
                        .toList(),
                d.program().sessions().stream()
                        .map(item -> talk(item, timeFormat))
                        .toList(),
                d.sample(),
                sale(conference, availability, timeFormat, localizer),
                line == null ? null : line(conference, line, timeFormat, localizer),
                d.registration().phases().stream()
                        .map(phase -> new PhaseSpan(
                                phase.name(),
                                timeFormat.at(phase.from()),
                                timeFormat.deadline(phase.until()),
                                phase.code().equals(current)))
                        .toList(),
                categories(d, availability, localizer),
                d.registration().addOns().stream()
                        .map(addOn -> new AddOnPrice(
                                addOn.name(), price(addOn.amount(), d, localizer), addOn.maxPerAttendee()))
                        .toList(),
                policy(d.registration().cancellationPolicy(), d.registration().currency(), timeFormat, localizer));
    }

    /** Returns the city, region and country's name, as far as they are known; {@code null} if none is. */
    static @Nullable String place(Definition d, Locale locale) {
        @Nullable String country = d.country() == null ? null : country(d.country(), locale);
        String place = Stream.of(d.city(), d.region(), country)
                .filter(part -> part != null && !part.isBlank())
                .collect(Collectors.joining(", "));
        return place.isEmpty() ? null : place;
    }

    static String country(String code, Locale locale) {
        return Locale.of("", code).getDisplayCountry(locale);
    }

    static SaleView sale(
            Conference conference, AvailabilityView availability, TimeFormat timeFormat, Localizer localizer) {
        org.openingminute.registration.sale.Sale sale =
                conference.definition().registration().sale();
        boolean somethingLeft =
                availability.categories().stream().anyMatch(left -> !left.left().equals("none"));
        String state = availability.state();
        return switch (state) {
            case "open" -> new SaleView(state, openUntil(availability, timeFormat, localizer), true);
            case "sold-out" -> new SaleView(state, localizer.of("sale.sold-out"), somethingLeft);
            case "not-open" ->
                new SaleView(
                        state,
                        localizer.of(
                                "sale.not-open", timeFormat.at(sale.opensAt()).text()),
                        false);
            case "paused" ->
                new SaleView(
                        state,
                        conference.saleMessage() == null
                                ? localizer.of("sale.paused")
                                : localizer.of("sale.paused-because", conference.saleMessage()),
                        false);
            case "closed" -> new SaleView(state, localizer.of("sale.closed"), false);
            default -> throw new IllegalStateException("not a state of a sale: " + state);
        };
    }

    static LineView line(Conference conference, WaitingLine line, TimeFormat timeFormat, Localizer localizer) {
        @Nullable Instant drawAt = line.drawAt();
        return new LineView(
                drawAt == null
                        ? localizer.of("line.now")
                        : localizer.of("line.draw", timeFormat.at(drawAt).text()),
                RegisterPageController.waitingRoom(conference.slug()));
    }

    private static String openUntil(AvailabilityView availability, TimeFormat timeFormat, Localizer localizer) {
        AvailabilityView.@Nullable PhaseNow phase = availability.phase();
        return phase == null
                ? localizer.of("sale.open")
                : localizer.of(
                        "sale.open-phase",
                        phase.name(),
                        timeFormat.deadline(phase.until()).text());
    }

    private static List<CategoryPrices> categories(Definition d, AvailabilityView availability, Localizer localizer) {
        AvailabilityView.@Nullable PhaseNow now = availability.phase();
        List<CategoryPrices> rows = new ArrayList<>();
        for (int i = 0; i < d.registration().categories().size(); i++) {
            Category category = d.registration().categories().get(i);
            List<CategoryPrice> prices = new ArrayList<>();
            for (Phase phase : d.registration().phases()) {
                prices.add(new CategoryPrice(
                        price(category.amountIn(phase), d, localizer),
                        now != null && phase.code().equals(now.code())));
            }
            String left = availability.categories().get(i).left();
            rows.add(new CategoryPrices(
                    category.name(), prices, localizer.of("left." + left), notes(category, localizer)));
        }
        return rows;
    }

    static String price(long amount, Definition d, Localizer localizer) {
        return amount == 0
                ? localizer.of("price.free")
                : localizer.money(new Money(amount, d.registration().currency()));
    }

    static List<String> notes(Category category, Localizer localizer) {
        List<String> notes = new ArrayList<>();
        if (category.needsProof()) {
            notes.add(localizer.of("category.needs-proof"));
        }
        if (category.needsVoucher()) {
            notes.add(localizer.of("category.needs-voucher"));
        }
        return notes;
    }

    /** Describes a cancellation policy, one sentence per step; the last sentence covers all final steps without a refund. */
    static List<String> policy(
            List<CancellationRule> steps, String currency, TimeFormat timeFormat, Localizer localizer) {
        List<CancellationRule> rules = steps.reversed().stream()
                .dropWhile(rule -> rule.refundPercent().signum() == 0)
                .toList()
                .reversed();
        List<String> sentences = new ArrayList<>();
        for (CancellationRule rule : rules) {
            String until = timeFormat.deadline(rule.until()).text();
            String percent = rule.refundPercent().stripTrailingZeros().toPlainString();
            if (rule.refundPercent().signum() == 0) {
                sentences.add(localizer.of("policy.nothing", until));
            } else if (rule.keeps() == 0) {
                sentences.add(localizer.of("policy.share", until, percent));
            } else {
                sentences.add(localizer.of(
                        "policy.share-less-fee", until, percent, localizer.money(new Money(rule.keeps(), currency))));
            }
        }
        sentences.add(localizer.of(rules.isEmpty() ? "policy.none" : "policy.after"));
        return sentences;
    }

    private static Talk talk(Definition.Item item, TimeFormat timeFormat) {
        String speaker = Stream.of(item.speaker(), item.affiliation())
                .filter(part -> part != null && !part.isBlank())
                .collect(Collectors.joining(", "));
        @Nullable String title = item.title();
        @Nullable Instant startsAt = item.startsAt();
        String where = Stream.of(item.track(), item.room())
                .filter(part -> part != null && !part.isBlank())
                .collect(Collectors.joining(", "));
        return new Talk(
                title == null ? speaker : title,
                title == null ? "" : speaker,
                item.about(),
                startsAt == null ? null : timeFormat.at(startsAt),
                where.isEmpty() ? null : where);
    }
}
