package org.openingminute.payment.stripe;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Objects as Stripe's API returns them. If the environment variable {@code STRIPE_FIXTURES} names a file, its complete objects are used;
 * otherwise objects have only the fields that tests need.
 */
final class StripeObjects {

    static final JsonMapper JSON = new JsonMapper();
    private static final @Nullable JsonNode WHOLE = whole();

    private StripeObjects() {}

    private static @Nullable JsonNode whole() {
        String file = System.getenv("STRIPE_FIXTURES");
        return file == null || file.isBlank()
                ? null
                : JSON.readTree(Path.of(file)).path("resources");
    }

    /** Returns a new, untouched object of this kind. */
    static ObjectNode of(String kind) {
        ObjectNode object =
                WHOLE != null && WHOLE.path(kind) instanceof ObjectNode one ? one.deepCopy() : JSON.createObjectNode();
        object.put("object", kind);
        switch (kind) {
            case "checkout.session" -> {
                object.put("status", "open").put("payment_status", "unpaid").put("mode", "payment");
                object.putNull("payment_intent");
            }
            case "payment_intent" -> {
                object.put("status", "requires_payment_method").put("amount_received", 0);
                object.putNull("last_payment_error").putNull("latest_charge");
            }
            case "charge" -> object.put("amount_refunded", 0).put("disputed", false);
            default -> {}
        }
        return object;
    }

    static String error(String type, @Nullable String code, @Nullable String parameter) {
        ObjectNode error = JSON.createObjectNode();
        error.put("type", type).put("message", "What a message says is not for programs: ada@example.org");
        if (code != null) {
            error.put("code", code);
        }
        if (parameter != null) {
            error.put("param", parameter);
        }
        return JSON.createObjectNode().<ObjectNode>set("error", error).toString();
    }
}
