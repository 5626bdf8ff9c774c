package org.openingminute.registration.sale;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.web.JsonFields;
import org.openingminute.registration.sale.RefundPolicy.CancellationRule;
import org.openingminute.registration.sale.SaleTerms.AddOn;
import org.openingminute.registration.sale.SaleTerms.UnpaidBounds;

/** Reads the {@code registration} part of a definition. For one thread and one use. */
final class SaleTermsReader {

    static final int MOST_SEATS = 1_000_000;
    /** Ten attendees with every add-on at this price still fit a {@code long}. */
    static final long MOST_MONEY = 1_000_000_000_000L;

    static final int MOST_OF_A_KIND = 50;
    private static final int MOST_PER_ATTENDEE = 100;
    private static final int YEAR_IN_HOURS = 366 * 24;
    static final String KNOWN_CATEGORY = "must be the code of a category";

    private final JsonFields fields;
    /** Whether all phases could be parsed. If not, prices of unknown phases are not reported: the phase itself already has an error. */
    private boolean everyPhaseRead;

    SaleTermsReader(JsonFields fields) {
        this.fields = fields;
    }

    /** The terms; {@code null} if something essential is missing, which is then noted as an error. */
    @Nullable
    SaleTerms read() {
        String currency = fields.requiredText("currency", 3);
        if (currency != null && !Money.isCurrency(currency)) {
            fields.invalid("currency", "not-a-currency", "must be an ISO 4217 code");
        }
        Integer capacity = fields.required("capacity", fields.count("capacity", 1, MOST_SEATS));
        List<Phase> phases = phases();
        List<Category> categories = categories(phases, capacity == null ? MOST_SEATS : capacity);
        List<AddOn> addOns = addOns();
        List<Voucher> vouchers = vouchers(codes(categories));
        List<CancellationRule> policy = policy();
        Instant transfersUntil = fields.instant("transfersUntil");
        BigDecimal tax = fields.percent("taxPercent");
        Duration hold = holdTime();
        int offerHours = fields.count("offerHours", 1, YEAR_IN_HOURS, 24);
        int proofHours = fields.count("proofHours", 1, YEAR_IN_HOURS, 24);
        int reviewDays = fields.count("reviewDays", 1, 366, 5);
        Integer invoiceDays = fields.count("invoiceDays", 1, 366);
        String codeOfConduct = fields.webAddress("codeOfConduct");
        boolean onePerAddress = fields.flag("onePerAddress", false);
        UnpaidBounds unpaid = unpaid();
        fields.noOthers();
        if (currency == null || capacity == null) {
            return null;
        }
        return new SaleTerms(
                currency,
                capacity,
                phases,
                categories,
                addOns,
                vouchers,
                policy,
                transfersUntil,
                tax == null ? BigDecimal.ZERO : tax,
                hold,
                offerHours,
                proofHours,
                reviewDays,
                invoiceDays,
                codeOfConduct,
                onePerAddress,
                unpaid);
    }

    /** Reads the phases. Each begins where the previous one ends, so a definition cannot express a gap or an overlap. */
    private List<Phase> phases() {
        List<Phase> phases = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        Instant begins = null;
        boolean first = true;
        List<JsonFields> all = atLeastOne("phases", MOST_OF_A_KIND);
        for (JsonFields phase : all) {
            String code = unique(phase, seen);
            String name = phase.requiredText("name", DefinitionReader.NAME);
            Instant from = phase.instant("from");
            Instant until = phase.required("until", phase.instant("until"));
            if (first) {
                begins = phase.required("from", from);
            } else if (from != null && begins != null && !from.equals(begins)) {
                phase.invalid(
                        "from", "not-contiguous", "must be omitted, or be the second after the previous phase ends");
            }
            phase.noOthers();
            if (begins != null && until != null && until.isBefore(begins)) {
                phase.invalid(
                        "until",
                        "too-early",
                        first ? "must not be before from" : "must be after that of the previous phase");
            } else if (code != null && name != null && begins != null && until != null) {
                phases.add(new Phase(code, name, begins, until));
            }
            first = false;
            begins = until == null ? null : Phase.end(until);
        }
        everyPhaseRead = !phases.isEmpty() && phases.size() == all.size();
        return phases;
    }

    private List<Category> categories(List<Phase> phases, int capacity) {
        List<Category> categories = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        List<JsonFields> all = atLeastOne("categories", MOST_OF_A_KIND);
        for (JsonFields category : all) {
            String code = unique(category, seen);
            String name = category.requiredText("name", DefinitionReader.NAME);
            Map<String, Long> amounts = amounts(category, phases);
            boolean counts = category.flag("countsAgainstCapacity", true);
            Integer quota = category.count("quota", 0, MOST_SEATS);
            if (counts && quota != null && quota > capacity) {
                category.invalid("quota", "above-capacity", "must not be above the capacity");
            }
            boolean needsProof = category.flag("needsProof", false);
            String otherwise = category.text("otherwise", 63);
            boolean needsVoucher = category.flag("needsVoucher", false);
            category.noOthers();
            // A stand-in replaces a wrong code, so that the next loop reads the same list.
            categories.add(new Category(
                    code == null ? "" : code,
                    name == null ? "" : name,
                    amounts,
                    quota,
                    needsProof,
                    otherwise,
                    needsVoucher,
                    counts));
        }
        for (int i = 0; i < all.size(); i++) {
            otherwise(all.get(i), categories.get(i), categories);
        }
        return categories;
    }

    /** Checks the category that is offered after a refused proof: it must need neither a proof nor a voucher. */
    private static void otherwise(JsonFields fields, Category category, List<Category> all) {
        String otherwise = category.otherwise();
        if (otherwise == null) {
            return;
        }
        Optional<Category> other =
                all.stream().filter(one -> one.code().equals(otherwise)).findFirst();
        if (other.isEmpty()) {
            fields.invalid("otherwise", "unknown-category", KNOWN_CATEGORY);
        } else if (otherwise.equals(category.code())) {
            fields.invalid("otherwise", "same-category", "must be another category");
        } else if (other.get().needsProof() || other.get().needsVoucher()) {
            fields.invalid(
                    "otherwise", "restricted-category", "must be a category that needs neither proof nor voucher");
        }
    }

    private Map<String, Long> amounts(JsonFields category, List<Phase> phases) {
        Map<String, Long> amounts = new LinkedHashMap<>();
        JsonFields prices = category.requiredObject("amounts");
        if (prices == null) {
            return amounts;
        }
        for (Phase phase : phases) {
            Long amount = prices.required(phase.code(), prices.whole(phase.code(), 0, MOST_MONEY));
            if (amount != null) {
                amounts.put(phase.code(), amount);
            }
        }
        if (everyPhaseRead) {
            prices.noOthers();
        } else {
            // Prices of phases that could not be read are checked, too, so that all errors are reported at once.
            prices.names().stream()
                    .filter(name ->
                            phases.stream().noneMatch(phase -> phase.code().equals(name)))
                    .forEach(name -> prices.whole(name, 0, MOST_MONEY));
        }
        return amounts;
    }

    private List<AddOn> addOns() {
        List<AddOn> addOns = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (JsonFields addOn : fields.objects("addOns", MOST_OF_A_KIND)) {
            String code = unique(addOn, seen);
            String name = addOn.requiredText("name", DefinitionReader.NAME);
            Long amount = addOn.required("amount", addOn.whole("amount", 0, MOST_MONEY));
            Integer quota = addOn.count("quota", 0, MOST_SEATS);
            int maxPerAttendee = addOn.count("maxPerAttendee", 1, MOST_PER_ATTENDEE, 1);
            addOn.noOthers();
            if (code != null && name != null && amount != null) {
                addOns.add(new AddOn(code, name, amount, quota, maxPerAttendee));
            }
        }
        return addOns;
    }

    private List<Voucher> vouchers(Set<String> categories) {
        List<Voucher> vouchers = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (JsonFields voucher : fields.objects("vouchers", SaleTerms.MOST_VOUCHERS)) {
            String code = voucher.requiredCode("code");
            if (code != null && !seen.add(Voucher.plain(code))) {
                voucher.invalid("code", "duplicate-code", "is the code of another voucher; codes ignore case");
            }
            // An entry without a code is still read, so that all of its errors are reported.
            Voucher read = VoucherReader.read(voucher, code == null ? "" : code, categories);
            if (code != null) {
                vouchers.add(read);
            }
        }
        return vouchers;
    }

    private List<CancellationRule> policy() {
        List<CancellationRule> policy = new ArrayList<>();
        Instant before = null;
        for (JsonFields rule : fields.objects("cancellationPolicy", MOST_OF_A_KIND)) {
            Instant until = rule.required("until", rule.instant("until"));
            BigDecimal percent = rule.required("refundPercent", rule.percent("refundPercent"));
            Long keeps = rule.whole("keeps", 0, MOST_MONEY);
            rule.noOthers();
            if (until != null && before != null && !until.isAfter(before)) {
                rule.invalid("until", "too-early", "must be after that of the previous step");
            }
            before = until == null ? before : until;
            if (until != null && percent != null) {
                policy.add(new CancellationRule(until, percent, keeps == null ? 0 : keeps));
            }
        }
        return policy;
    }

    /** Reads the limits of unpaid seats. An absent limit gets the default, and {@code null} means no limit. */
    private UnpaidBounds unpaid() {
        JsonFields bounds = fields.object("unpaid");
        if (bounds == null) {
            return fields.names().contains("unpaid") ? UnpaidBounds.NONE : UnpaidBounds.DEFAULT;
        }
        UnpaidBounds read = new UnpaidBounds(
                bound(bounds, "perMailbox", MOST_SEATS, UnpaidBounds.DEFAULT.perMailbox()),
                bound(bounds, "perAddress", MOST_SEATS, UnpaidBounds.DEFAULT.perAddress()),
                bound(bounds, "unconfirmedPercent", 100, UnpaidBounds.DEFAULT.unconfirmedPercent()),
                bound(bounds, "invoicePercent", 100, UnpaidBounds.DEFAULT.invoicePercent()));
        bounds.noOthers();
        return read;
    }

    private static @Nullable Integer bound(JsonFields bounds, String name, int most, @Nullable Integer absent) {
        Integer read = bounds.count(name, 0, most);
        return read == null && !bounds.names().contains(name) ? absent : read;
    }

    private Duration holdTime() {
        int seconds = fields.count("holdSeconds", 1, YEAR_IN_HOURS * 3600, 0);
        int minutes = fields.count("holdMinutes", 1, YEAR_IN_HOURS * 60, 15);
        if (fields.has("holdSeconds") && fields.has("holdMinutes")) {
            fields.invalid("holdSeconds", "conflicting-field", "must not be combined with {}", "holdMinutes");
        }
        return fields.has("holdSeconds") ? Duration.ofSeconds(seconds) : Duration.ofMinutes(minutes);
    }

    private List<JsonFields> atLeastOne(String name, int most) {
        List<JsonFields> all = fields.objects(name, most);
        if (fields.isEmptyList(name)) {
            fields.invalid(name, "too-few", "must have at least one entry", 1);
        }
        fields.required(name, all.isEmpty() ? null : all);
        return all;
    }

    private static @Nullable String unique(JsonFields fields, Set<String> seen) {
        String code = fields.requiredCode("code");
        if (code != null && !seen.add(code)) {
            fields.invalid("code", "duplicate-code", "is the code of another entry");
            return null;
        }
        return code;
    }

    private static Set<String> codes(List<Category> categories) {
        Set<String> codes = new HashSet<>();
        categories.forEach(category -> codes.add(category.code()));
        return codes;
    }
}
