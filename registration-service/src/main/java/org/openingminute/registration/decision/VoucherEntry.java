package org.openingminute.registration.decision;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.openingminute.registration.quota.QuotaKey;
import org.openingminute.registration.sale.Voucher;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A voucher as it stands in the definition of its conference, the one place where vouchers are.
 *
 * @param place in the definition's list, from 0
 * @param source as an organiser put it
 */
public record VoucherEntry(int place, Voucher voucher, JsonNode source) {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    /** All fields of a voucher, and what each is where an entry does not say. */
    private static final Map<String, JsonNode> ABSENT = Map.of(
            "unlocks", JSON.arrayNode(),
            "categories", JSON.arrayNode(),
            "percentOff", JSON.nullNode(),
            "amountOff", JSON.nullNode(),
            "uses", JSON.nullNode(),
            "reserves", JSON.booleanNode(false),
            "until", JSON.nullNode());

    private static final List<String> FIELDS =
            List.of("unlocks", "categories", "percentOff", "amountOff", "uses", "reserves", "until");

    /** All of a conference, in the order of its definition. */
    public static List<VoucherEntry> all(Conference conference) {
        List<Voucher> vouchers = conference.definition().registration().vouchers();
        ArrayNode sources = sources(conference);
        List<VoucherEntry> entries = new ArrayList<>(vouchers.size());
        for (int i = 0; i < vouchers.size(); i++) {
            entries.add(new VoucherEntry(i, vouchers.get(i), sources.get(i)));
        }
        return entries;
    }

    /** The one of a code, in whatever case it is written. */
    public static Optional<VoucherEntry> find(Conference conference, String code) {
        return conference.definition().registration().voucher(code).map(voucher -> {
            int place = conference.definition().registration().vouchers().indexOf(voucher);
            return new VoucherEntry(place, voucher, sources(conference).get(place));
        });
    }

    /** The conference's list as it was put, which is not to be changed. */
    static ArrayNode sources(Conference conference) {
        return conference.source().at("/registration/vouchers") instanceof ArrayNode vouchers
                ? vouchers
                : JSON.arrayNode();
    }

    /** What counts its uses. */
    public QuotaKey key() {
        return new QuotaKey.OfVoucher(voucher.code());
    }

    /** The entry as it was put, its other fields with what they are by default, and how many uses are taken. */
    public JsonNode shown(int used) {
        ObjectNode shown = JSON.objectNode().put("code", voucher.code());
        for (String field : FIELDS) {
            JsonNode said = source.path(field);
            shown.set(field, said.isMissingNode() || said.isNull() ? ABSENT.get(field) : said);
        }
        return shown.put("used", used);
    }
}
