package org.openingminute.registration.pages;

import java.text.Collator;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.Problem;
import org.openingminute.registration.conferences.AvailabilityView;
import org.openingminute.registration.decision.Conference;
import org.openingminute.registration.inventory.QuotaKey;
import org.openingminute.registration.sale.Category;
import org.openingminute.registration.sale.Definition;
import org.openingminute.registration.sale.Money;
import org.openingminute.registration.sale.Pricing.Quote;
import org.openingminute.registration.sale.SaleTerms;

/** The options of the registration form. */
public record RegisterPage(
        String path,
        String name,
        ConferencePage.SaleView sale,
        boolean sample,
        List<Choice> categories,
        List<OfferedAddOn> addOns,
        List<Choice> countries,
        @Nullable Integer invoiceDays,
        @Nullable String codeOfConduct) {

    /** An option of a list. */
    public record Choice(String code, String label) {}

    public record OfferedAddOn(String code, String label, int most) {}

    /** A price with its lines. */
    public record PriceTag(
            List<ShownPriceLine> lines,
            @Nullable String discount,
            @Nullable String tax,
            String total) {}

    public record ShownPriceLine(
            String description, @Nullable Integer attendee, int quantity, String amount) {}

    public static RegisterPage of(Conference conference, AvailabilityView availability, Localizer localizer) {
        Definition d = conference.definition();
        SaleTerms terms = d.registration();
        return new RegisterPage(
                "/conferences/" + d.slug(),
                d.name(),
                ConferencePage.sale(conference, availability, TimeFormat.of(conference, localizer), localizer),
                d.sample(),
                categories(d, availability, localizer),
                terms.addOns().stream()
                        .map(addOn -> new OfferedAddOn(
                                addOn.code(),
                                addOn.name() + ", " + ConferencePage.price(addOn.amount(), d, localizer),
                                addOn.maxPerAttendee()))
                        .toList(),
                countries(localizer.locale()),
                terms.invoiceDays(),
                terms.codeOfConduct());
    }

    /** Formats a quote. */
    public static PriceTag price(Quote quote, Localizer localizer) {
        return price(quote.lines(), quote.discount(), quote.tax(), quote.total(), localizer);
    }

    /** Explains why a form without field errors was refused. */
    public static String refusal(Problem problem, Conference conference, Localizer localizer) {
        String code = problem.code().wireName();
        String known = Stream.of(problem.reason().orElse(code), code)
                .filter(key -> localizer.find("form.refused." + key).isPresent())
                .findFirst()
                .orElse("other");
        long seconds = problem.retryAfter().map(Long::parseLong).orElse(0L);
        return localizer.of("form.refused." + known, what(problem, conference), wait(seconds, localizer));
    }

    /** Words a time to wait in minutes, from two hours on in hours and from two days on in days; rounded up. */
    private static String wait(long seconds, Localizer localizer) {
        long minutes = Math.ceilDiv(seconds, 60);
        long hours = Math.ceilDiv(minutes, 60);
        if (minutes < 2 * 60) {
            return localizer.of("form.wait.minutes", minutes);
        }
        return hours < 2 * 24
                ? localizer.of("form.wait.hours", hours)
                : localizer.of("form.wait.days", Math.ceilDiv(hours, 24));
    }

    /** Returns the name of the exhausted limit. */
    private static String what(Problem problem, Conference conference) {
        SaleTerms terms = conference.definition().registration();
        if (!(problem.members().get("limit") instanceof String limit)) {
            return conference.definition().name();
        }
        return switch (QuotaKey.of(limit)) {
            case QuotaKey.Capacity() -> conference.definition().name();
            case QuotaKey.OfCategory(String code) ->
                terms.category(code).orElseThrow().name();
            case QuotaKey.OfAddOn(String code) ->
                terms.addOn(code).orElseThrow().name();
            case QuotaKey.OfVoucher(String code) -> code;
        };
    }

    static PriceTag price(List<Quote.PriceLine> lines, Money discount, Money tax, Money total, Localizer localizer) {
        return new PriceTag(
                lines.stream()
                        .map(line -> new ShownPriceLine(
                                line.description(),
                                line.attendee() == null ? null : line.attendee() + 1,
                                line.quantity(),
                                localizer.money(line.amount())))
                        .toList(),
                discount.amount() == 0 ? null : localizer.money(discount),
                tax.amount() == 0 ? null : localizer.money(tax),
                localizer.money(total));
    }

    /** Lists the categories. A sold-out category can still be chosen, because a voucher may reserve seats for its holders. */
    private static List<Choice> categories(Definition d, AvailabilityView availability, Localizer localizer) {
        List<Choice> choices = new ArrayList<>();
        for (AvailabilityView.CategoryLeft left : availability.categories()) {
            Category category = d.registration().category(left.code()).orElseThrow();
            List<String> parts = new ArrayList<>();
            parts.add(category.name());
            if (left.price() != null) {
                parts.add(ConferencePage.price(left.price().amount(), d, localizer));
            }
            parts.addAll(ConferencePage.notes(category, localizer));
            if (left.left().equals("none")) {
                parts.add(localizer.of("left.none"));
            }
            choices.add(new Choice(category.code(), String.join(", ", parts)));
        }
        return choices;
    }

    private static List<Choice> countries(Locale locale) {
        return Stream.of(Locale.getISOCountries())
                .map(code -> new Choice(code, ConferencePage.country(code, locale)))
                .sorted(Comparator.comparing(Choice::label, Collator.getInstance(locale)))
                .toList();
    }
}
