package org.openingminute.payment.stripe;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The played Stripe's default response to each call of its API. */
abstract class StripeAnswers extends StripeWorld {

    private String refundsBecome = "succeeded";
    private int page = 100;

    record Answer(int status, String body) {}

    /** Gives refunds this status from now on. */
    public synchronized void refundsBecome(String status) {
        refundsBecome = status;
    }

    /** Limits pages of lists to this size from now on. */
    synchronized void pagesOf(int size) {
        page = size;
    }

    final Answer route(String method, String wholePath, Map<String, String> form) {
        String path = wholePath.substring("/v1/".length());
        if (method.equals("POST")) {
            return switch (path) {
                case "checkout/sessions" -> open(form);
                case "refunds" -> refund(form);
                default -> expire(path.split("/")[2]);
            };
        }
        return switch (path) {
            case "checkout/sessions" -> list("checkout.session", form, ofIntent(form));
            case "refunds" -> list("refund", form, ofIntent(form));
            case "disputes" -> list("dispute", form, ofIntent(form));
            case "events" ->
                list("event", form, one -> form.containsValue(one.path("type").asString()));
            case "payment_intents" -> list("payment_intent", form, _ -> true);
            case "payment_intents/search" -> list("payment_intent", form, found(form.get("query")));
            default -> one(path.substring(path.lastIndexOf('/') + 1), form);
        };
    }

    private Answer open(Map<String, String> form) {
        ObjectNode session = made("checkout.session", "cs_test_", Instant.now());
        session.put(
                "url",
                "https://checkout.stripe.example/c/pay/" + session.path("id").asString());
        session.put("client_reference_id", form.get("client_reference_id"));
        session.put("currency", form.get("line_items[0][price_data][currency]"));
        session.put("amount_total", Long.parseLong(form.get("line_items[0][price_data][unit_amount]")));
        session.putObject("metadata")
                .put("registration", form.get("metadata[registration]"))
                .put("attempt", form.get("metadata[attempt]"));
        return new Answer(200, session.toString());
    }

    private Answer expire(String id) {
        ObjectNode session = required(id);
        if (!session.path("status").asString().equals("open")) {
            return new Answer(400, StripeObjects.error("invalid_request_error", null, null));
        }
        session.put("status", "expired").putNull("url");
        return new Answer(200, expanded(session, true).toString());
    }

    private Answer refund(Map<String, String> form) {
        ObjectNode refund = made("refund", "re_", Instant.now()).put("status", refundsBecome);
        ObjectNode intent = required(form.get("payment_intent"));
        refund.put("payment_intent", intent.path("id").asString()).put("amount", Long.parseLong(form.get("amount")));
        refund.set("currency", intent.path("currency"));
        refund.putObject("metadata").put("refund", form.get("metadata[refund]"));
        return new Answer(200, refund.toString());
    }

    private Answer one(String id, Map<String, String> form) {
        return !has(id)
                ? new Answer(404, StripeObjects.error("invalid_request_error", "resource_missing", "id"))
                : new Answer(200, expanded(required(id), expands(form)).toString());
    }

    private static Predicate<ObjectNode> ofIntent(Map<String, String> form) {
        return one -> one.path("payment_intent").asString("").equals(form.get("payment_intent"));
    }

    private static Predicate<ObjectNode> found(@Nullable String query) {
        return one ->
                ("metadata['attempt']:'" + one.path("metadata").path("attempt").asString("") + "'").equals(query);
    }

    /** Lists objects newest first, as Stripe does. */
    private Answer list(String kind, Map<String, String> form, Predicate<ObjectNode> which) {
        long since = Long.parseLong(form.getOrDefault("created[gte]", "0"));
        long before = Long.parseLong(form.getOrDefault("created[lt]", "9999999999"));
        List<ObjectNode> found = all(kind)
                .filter(which)
                .filter(one -> one.path("created").asLong() >= since
                        && one.path("created").asLong() < before)
                .sorted(Comparator.comparing(one -> one.path("created").asLong()))
                .toList()
                .reversed();
        String after = form.get("starting_after");
        int from = 0;
        while (after != null && !found.get(from++).path("id").asString().equals(after)) {
            // the page begins after the named object
        }
        int to = Math.min(found.size(), from + page);
        ObjectNode list =
                StripeObjects.JSON.createObjectNode().put("object", "list").put("has_more", to < found.size());
        ArrayNode data = list.putArray("data");
        found.subList(from, to).forEach(one -> data.add(expanded(one, expands(form))));
        return new Answer(200, list.toString());
    }

    private static boolean expands(Map<String, String> form) {
        return form.keySet().stream().anyMatch(name -> name.startsWith("expand"));
    }

    /** Expands a session's payment, or a payment's last charge. */
    private ObjectNode expanded(ObjectNode object, boolean wanted) {
        ObjectNode copy = object.deepCopy();
        if (copy.path("object").asString().equals("charge")) {
            return copy;
        }
        for (String field : List.of("payment_intent", "latest_charge")) {
            String id = copy.path(field).asString("");
            if (wanted && !id.isEmpty() && has(id)) {
                copy.set(field, expanded(required(id), true));
            }
        }
        return copy;
    }
}
