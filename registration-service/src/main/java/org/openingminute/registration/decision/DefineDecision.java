package org.openingminute.registration.decision;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.registration.inventory.QuotaKey;
import org.openingminute.registration.sale.SaleTerms;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Decides on changes of a conference: its definition and the state of its sale. No input or output. */
final class DefineDecision {

    private final SaleState sale;

    DefineDecision(SaleState sale) {
        this.sale = sale;
    }

    /** Defines a conference; 201 if it is new. Refuses limits below the allocated amounts, and a change based on an outdated revision. */
    Result define(Command.Define command) {
        @Nullable Conference before = sale.conference();
        long revision = before == null ? 0 : before.revision();
        if (before != null && before.source().equals(command.source())) {
            return answer(Result.How.CHANGED, before);
        }
        if (command.ifRevision() != null && command.ifRevision() != revision) {
            return new Result.Refused(
                    CommonProblem.CHANGED, "Someone else has changed the conference in the meantime.");
        }
        Optional<QuotaKey> below = sale.firstBelowAllocated(command.definition());
        if (below.isPresent()) {
            return new Result.Refused(Problem.invalid(
                    limitField(command.definition().registration(), below.get()),
                    "below-sold",
                    "is below what is already held, sold or reserved"));
        }
        Conference after = new Conference(
                command.definition().slug(),
                sale.revisionAfter(revision),
                command.definition(),
                command.source(),
                before == null || before.open(),
                before == null ? null : before.saleMessage());
        return save(
                before == null ? Result.How.CREATED : Result.How.CHANGED,
                after,
                new SaleState.AuditEntry(
                        command.organiser(),
                        before == null ? "put a conference on" : "changed a conference",
                        null,
                        before == null ? null : before.source(),
                        after.source(),
                        null));
    }

    Result.Done setSale(Command.SetSale command) {
        Conference before = sale.requireConference();
        Conference after = new Conference(
                before.slug(),
                sale.revisionAfter(before.revision()),
                before.definition(),
                before.source(),
                command.open(),
                command.message());
        return save(
                Result.How.CHANGED,
                after,
                new SaleState.AuditEntry(
                        command.organiser(),
                        command.open() ? "opened the sale" : "paused the sale",
                        null,
                        sale(before),
                        sale(after),
                        command.message()));
    }

    private static JsonNode sale(Conference conference) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("state", conference.open() ? "open" : "paused")
                .put("message", conference.saleMessage());
    }

    Result republish() {
        sale.publish(Messages.definition(sale.requireConference()));
        return new Result.Noted();
    }

    private Result.Done save(Result.How how, Conference after, SaleState.AuditEntry audit) {
        @Nullable Conference before = sale.conference();
        if (before == null
                || before.definition().registration().equals(after.definition().registration())) {
            sale.define(after);
        } else {
            sale.redefine(after);
        }
        sale.audit(audit);
        sale.publish(Messages.definition(after));
        return answer(how, after);
    }

    /** The result without the definition, which the sender already has, because results are kept for a day. */
    private static Result.Done answer(Result.How how, Conference conference) {
        return new Result.Done(how, Documents.json(new DefinitionChange(conference.revision())), null);
    }

    /** The data of a result: the conference's new revision. */
    record DefinitionChange(long revision) {}

    private static String limitField(SaleTerms terms, QuotaKey key) {
        return switch (key) {
            case QuotaKey.Capacity() -> "registration.capacity";
            case QuotaKey.OfCategory(String code) ->
                "registration.categories[%d].quota"
                        .formatted(
                                terms.categories().indexOf(terms.category(code).orElseThrow()));
            case QuotaKey.OfAddOn(String code) ->
                "registration.addOns[%d].quota"
                        .formatted(terms.addOns().indexOf(terms.addOn(code).orElseThrow()));
            case QuotaKey.OfVoucher(String code) ->
                "registration.vouchers[%d].uses"
                        .formatted(terms.vouchers().indexOf(terms.voucher(code).orElseThrow()));
        };
    }
}
