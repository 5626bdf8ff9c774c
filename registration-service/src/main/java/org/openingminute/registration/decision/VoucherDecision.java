package org.openingminute.registration.decision;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.FieldError;
import org.openingminute.kit.problem.Problem;
import org.openingminute.registration.inventory.QuotaKey;
import org.openingminute.registration.sale.SaleTerms;
import org.openingminute.registration.sale.Voucher;
import org.openingminute.registration.sale.VoucherReader;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Decides on changes of a single voucher. A voucher is part of the definition, so the definition's revision changes as well. The other
 * vouchers were checked earlier and are neither parsed nor copied again, because there may be thousands. No input or output.
 */
public final class VoucherDecision {

    private static final Result CHANGED_BEFORE =
            new Result.Refused(CommonProblem.CHANGED, "Someone else has changed the conference in the meantime.");

    private final SaleState sale;

    VoucherDecision(SaleState sale) {
        this.sale = sale;
    }

    /** The data of a result: the conference's new revision, and the changed or removed voucher. */
    record VoucherChange(long revision, JsonNode voucher) {}

    /**
     * Sets a voucher; 201 if the code is new. An existing voucher keeps its position and its spelling, which registrations and receipts
     * contain.
     */
    Result set(Command.SetVoucher command) {
        Conference conference = sale.requireConference();
        Optional<VoucherEntry> before = VoucherEntry.find(conference, command.code());
        if (before.isPresent()
                && before.get().source().equals(source(before.get().voucher().code(), command.body()))) {
            return answer(Result.How.CHANGED, conference.revision(), before.get());
        }
        if (isChangedBefore(conference, command.ifRevision())) {
            return CHANGED_BEFORE;
        }
        return switch (VoucherReader.read(
                command.body(), command.code(), conference.definition().registration())) {
            case VoucherReader.ReadVoucher.Ok(Voucher wanted) -> set(command, conference, before, wanted);
            case VoucherReader.ReadVoucher.Wrong(List<FieldError> malformed, List<FieldError> invalid) ->
                new Result.Refused(malformed.isEmpty() ? Problem.invalid(invalid) : Problem.malformed(malformed));
        };
    }

    private Result set(
            Command.SetVoucher command, Conference conference, Optional<VoucherEntry> before, Voucher wanted) {
        SaleTerms terms = conference.definition().registration();
        if (before.isEmpty() && terms.vouchers().size() >= SaleTerms.MOST_VOUCHERS) {
            return invalid("code", "too-many", "would exceed {} vouchers", SaleTerms.MOST_VOUCHERS);
        }
        String code = before.map(entry -> entry.voucher().code()).orElse(wanted.code());
        VoucherEntry entry = new VoucherEntry(
                before.map(VoucherEntry::place).orElse(terms.vouchers().size()),
                wanted.withCode(code),
                source(code, command.body()));
        List<Voucher> vouchers = new ArrayList<>(terms.vouchers());
        ArrayNode sources = JsonNodeFactory.instance.arrayNode().addAll(VoucherEntry.sources(conference));
        if (before.isPresent()) {
            vouchers.set(entry.place(), entry.voucher());
            sources.set(entry.place(), entry.source());
        } else {
            vouchers.add(entry.voucher());
            sources.add(entry.source());
        }
        Conference after = changed(conference, vouchers, sources);
        Optional<Result> tooMuch = tooMuch(after, entry);
        if (tooMuch.isPresent()) {
            return tooMuch.get();
        }
        save(
                after,
                new SaleState.AuditEntry(
                        command.organiser(),
                        before.isPresent() ? "changed a voucher" : "added a voucher",
                        null,
                        before.map(VoucherEntry::source).orElse(null),
                        entry.source(),
                        null));
        return answer(before.isPresent() ? Result.How.CHANGED : Result.How.CREATED, after.revision(), entry);
    }

    /** Removes a voucher. Registrations that used it keep their seats and their price; its reservation ends. */
    Result remove(Command.RemoveVoucher command) {
        Conference conference = sale.requireConference();
        if (isChangedBefore(conference, command.ifRevision())) {
            return CHANGED_BEFORE;
        }
        return VoucherEntry.find(conference, command.code())
                .map(entry -> remove(command, conference, entry))
                .orElseGet(() -> new Result.Refused(Problem.notFound()));
    }

    private Result remove(Command.RemoveVoucher command, Conference conference, VoucherEntry entry) {
        List<Voucher> vouchers =
                new ArrayList<>(conference.definition().registration().vouchers());
        ArrayNode sources = JsonNodeFactory.instance.arrayNode().addAll(VoucherEntry.sources(conference));
        vouchers.remove(entry.place());
        sources.remove(entry.place());
        Conference after = changed(conference, vouchers, sources);
        save(
                after,
                new SaleState.AuditEntry(command.organiser(), "removed a voucher", null, entry.source(), null, null));
        return answer(Result.How.CHANGED, after.revision(), entry);
    }

    private static boolean isChangedBefore(Conference conference, @Nullable Long wanted) {
        return wanted != null && wanted != conference.revision();
    }

    /** Returns the entry for the definition: the code first, and no fields without a value. */
    private static ObjectNode source(String code, JsonNode body) {
        ObjectNode source = JsonNodeFactory.instance.objectNode().put("code", code);
        body.properties().forEach(field -> {
            if (!field.getKey().equals("code") && !field.getValue().isNull()) {
                source.set(field.getKey(), field.getValue());
            }
        });
        return source;
    }

    /** Returns the conference with other vouchers. Parts shared with the previous instance are never modified. */
    private Conference changed(Conference before, List<Voucher> vouchers, ArrayNode sources) {
        ObjectNode source = JsonNodeFactory.instance.objectNode();
        before.source().properties().forEach(field -> source.set(field.getKey(), field.getValue()));
        ObjectNode registration = JsonNodeFactory.instance.objectNode();
        before.source()
                .get("registration")
                .properties()
                .forEach(field -> registration.set(field.getKey(), field.getValue()));
        registration.set("vouchers", sources);
        source.set("registration", registration);
        return new Conference(
                before.slug(),
                sale.revisionAfter(before.revision()),
                before.definition()
                        .withRegistration(before.definition().registration().withVouchers(vouchers)),
                source,
                before.open(),
                before.saleMessage());
    }

    /** Refuses fewer uses than already used, and a reservation of more than a limit has left. */
    private Optional<Result> tooMuch(Conference after, VoucherEntry entry) {
        Integer uses = entry.voucher().uses();
        if (uses != null && uses < used(entry)) {
            return Optional.of(invalid("uses", "below-sold", "is below what is already held or sold: {}", used(entry)));
        }
        return sale.firstBelowAllocated(after.definition())
                .map(shortOf ->
                        invalid("uses", "more-than-left", "would reserve more than is left of {}", shortOf.code()));
    }

    private int used(VoucherEntry entry) {
        return sale.inventory().allocated(entry.key()).sum();
    }

    private void save(Conference after, SaleState.AuditEntry audit) {
        sale.define(after);
        sale.audit(audit);
        sale.publish(Messages.definition(after));
    }

    private Result.Done answer(Result.How how, long revision, VoucherEntry entry) {
        return new Result.Done(how, Documents.json(new VoucherChange(revision, entry.shown(used(entry)))), null);
    }

    private static Result invalid(String field, String code, String template, Object... parameters) {
        return new Result.Refused(Problem.invalid(field, code, template, parameters));
    }

    /**
     * A voucher as an entry of its conference's definition.
     *
     * @param place index in the definition's list, from 0
     * @param source as an organiser sent it
     */
    public record VoucherEntry(int place, Voucher voucher, JsonNode source) {

        private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

        /** All fields of a voucher, with their defaults. */
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

        /** All vouchers of a conference, in the order of its definition. */
        public static List<VoucherEntry> all(Conference conference) {
            List<Voucher> vouchers = conference.definition().registration().vouchers();
            ArrayNode sources = sources(conference);
            List<VoucherEntry> entries = new ArrayList<>(vouchers.size());
            for (int i = 0; i < vouchers.size(); i++) {
                entries.add(new VoucherEntry(i, vouchers.get(i), sources.get(i)));
            }
            return entries;
        }

        /** Finds a voucher by its code, ignoring case. */
        public static Optional<VoucherEntry> find(Conference conference, String code) {
            return conference.definition().registration().voucher(code).map(voucher -> {
                int place = conference.definition().registration().vouchers().indexOf(voucher);
                return new VoucherEntry(place, voucher, sources(conference).get(place));
            });
        }

        /** Returns the list as it was sent; callers must not modify it. */
        static ArrayNode sources(Conference conference) {
            return conference.source().at("/registration/vouchers") instanceof ArrayNode vouchers
                    ? vouchers
                    : JSON.arrayNode();
        }

        /** The quota of its uses. */
        public QuotaKey key() {
            return new QuotaKey.OfVoucher(voucher.code());
        }

        /** Returns the entry as sent, with defaults for its other fields and the number of used uses. */
        public JsonNode shown(int used) {
            ObjectNode shown = JSON.objectNode().put("code", voucher.code());
            for (String field : FIELDS) {
                JsonNode messageCount = source.path(field);
                shown.set(
                        field,
                        messageCount.isMissingNode() || messageCount.isNull() ? ABSENT.get(field) : messageCount);
            }
            return shown.put("used", used);
        }
    }
}
