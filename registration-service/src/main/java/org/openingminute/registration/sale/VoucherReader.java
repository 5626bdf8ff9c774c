package org.openingminute.registration.sale;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.openingminute.kit.problem.FieldError;
import org.openingminute.kit.problem.FieldErrors;
import org.openingminute.kit.web.JsonFields;
import tools.jackson.databind.JsonNode;

/** Reads one voucher, in a definition or by itself, with the same checks and field names. */
public final class VoucherReader {

    private VoucherReader() {}

    /** The result of reading a body. */
    public sealed interface ReadVoucher {

        record Ok(Voucher voucher) implements ReadVoucher {}

        /**
         * The errors of the voucher; one of the lists may be empty.
         *
         * @param malformed fields of a wrong JSON type
         * @param invalid fields that are missing, unknown, or understood and wrong
         */
        record Wrong(List<FieldError> malformed, List<FieldError> invalid) implements ReadVoucher {}
    }

    /**
     * Reads a voucher for the definition of a conference.
     *
     * @param codeOfPath its code, which the body may leave out or spell in another case
     * @param terms the terms whose categories it may name
     */
    public static ReadVoucher read(JsonNode body, String codeOfPath, SaleTerms terms) {
        FieldErrors fieldErrors = new FieldErrors();
        JsonFields fields = new JsonFields(body, "", fieldErrors);
        String code = code(fields, codeOfPath);
        Voucher voucher = read(
                fields, code, terms.categories().stream().map(Category::code).collect(Collectors.toUnmodifiableSet()));
        return fieldErrors.none()
                ? new ReadVoucher.Ok(voucher)
                : new ReadVoucher.Wrong(fieldErrors.malformed(), fieldErrors.invalid());
    }

    private static String code(JsonFields fields, String codeOfPath) {
        boolean codeInPath = fields.isCode("code", codeOfPath);
        String code = fields.has("code") ? fields.requiredCode("code") : codeOfPath;
        if (code == null) {
            return codeOfPath;
        }
        if (codeInPath && !Voucher.plain(code).equals(Voucher.plain(codeOfPath))) {
            fields.invalid("code", "not-as-in-path", "must be the code in the path; codes ignore case");
        }
        return code;
    }

    /** The voucher, with stand-ins for values that are noted as wrong. */
    static Voucher read(JsonFields voucher, String code, Set<String> categories) {
        List<String> unlocks = known(voucher, "unlocks", categories);
        List<String> only = known(voucher, "categories", categories);
        BigDecimal percentOff = voucher.percent("percentOff");
        Long amountOff = voucher.whole("amountOff", 0, SaleTermsReader.MOST_MONEY);
        Integer uses = voucher.count("uses", 0, SaleTermsReader.MOST_SEATS);
        boolean reserves = voucher.flag("reserves", false);
        Instant until = voucher.instant("until");
        if (voucher.has("percentOff") && voucher.has("amountOff")) {
            voucher.invalid("amountOff", "conflicting-field", "must not be combined with {}", "percentOff");
        }
        boolean unlocksSomething = voucher.has("unlocks") && !voucher.isEmptyList("unlocks");
        if (!voucher.has("percentOff") && !voucher.has("amountOff") && !unlocksSomething && !reserves) {
            voucher.invalid("percentOff", "one-required", "or amountOff, unlocks or reserves is required");
        }
        if (reserves) {
            voucher.required("uses", uses);
        }
        voucher.noOthers();
        return new Voucher(code, unlocks, only, percentOff, amountOff, uses, reserves, until);
    }

    private static List<String> known(JsonFields voucher, String name, Set<String> categories) {
        List<String> codes = voucher.texts(name, SaleTermsReader.MOST_OF_A_KIND, 63);
        for (int i = 0; i < codes.size(); i++) {
            // an empty one has a wrong type or is blank, and is noted as that
            if (!codes.get(i).isBlank() && !categories.contains(codes.get(i))) {
                voucher.invalid(name + "[" + i + "]", "unknown-category", SaleTermsReader.KNOWN_CATEGORY);
            }
        }
        return codes;
    }
}
