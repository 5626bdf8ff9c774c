package org.openingminute.payment.stripe;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/** State of the played Stripe, and what payers, banks and Stripe's staff do there. */
abstract class StripeWorld {

    /** The time within which a bank accepts evidence in a dispute. */
    static final Duration ANSWERED_WITHIN = Duration.ofDays(10);

    private final Map<String, ObjectNode> objects = new LinkedHashMap<>();
    private int number;

    /** Returns the newest session of a registration. */
    public synchronized ObjectNode sessionOf(Object registration) {
        return all("checkout.session")
                .filter(one -> one.path("client_reference_id").asString("").equals(registration.toString()))
                .reduce((_, last) -> last)
                .orElseThrow();
    }

    public synchronized ObjectNode object(String id) {
        return required(id);
    }

    final boolean has(String id) {
        return objects.containsKey(id);
    }

    /** Removes the object with this id. */
    public synchronized void forgets(String id) {
        objects.remove(id);
    }

    /** Pays a session. Returns the payment. */
    public synchronized ObjectNode paid(ObjectNode session, Instant at) {
        ObjectNode intent = intentOf(session, at);
        ObjectNode charge = charge(intent, "succeeded", at);
        intent.put("status", "succeeded")
                .put("amount_received", intent.path("amount").asLong());
        intent.putNull("last_payment_error")
                .put("latest_charge", charge.path("id").asString());
        session.put("status", "complete").put("payment_status", "paid").putNull("url");
        return intent;
    }

    /** Pays for a registration of another deployment. Returns the payment. */
    public synchronized ObjectNode paidElsewhere(Object registration, Instant at) {
        ObjectNode session = made("checkout.session", "cs_test_", at)
                .put("amount_total", 100)
                .put("currency", "usd");
        session.putObject("metadata").put("registration", registration.toString());
        return paid(session, at);
    }

    /** Expires a session without an event. */
    public synchronized void expired(ObjectNode session) {
        session.put("status", "expired").putNull("url");
    }

    /** Declines a payer's card. Returns the payment. */
    synchronized ObjectNode declined(ObjectNode session, String declineCode, Instant at) {
        ObjectNode intent = intentOf(session, at);
        ObjectNode charge = charge(intent, "failed", at);
        intent.put("status", "requires_payment_method")
                .put("latest_charge", charge.path("id").asString());
        intent.putObject("last_payment_error")
                .put("charge", charge.path("id").asString())
                .put("code", "card_declined")
                .put("decline_code", declineCode)
                .put("type", "card_error");
        return intent;
    }

    /** Makes the payer's bank ask for authentication. Returns the payment. */
    synchronized ObjectNode toBeConfirmed(ObjectNode session, Instant at) {
        ObjectNode intent = intentOf(session, at);
        return intent.put("status", "requires_action");
    }

    /** Fails the payer's authentication. Returns the payment. */
    synchronized ObjectNode notConfirmed(ObjectNode session, Instant at) {
        ObjectNode intent = intentOf(session, at).put("status", "requires_payment_method");
        intent.putObject("last_payment_error")
                .put("code", "payment_intent_authentication_failure")
                .put("type", "invalid_request_error")
                .putObject("payment_method")
                .put("id", name("pm_"))
                .put("object", "payment_method");
        return intent;
    }

    /** Refunds a payment in Stripe's dashboard. Returns the refund. */
    public synchronized ObjectNode refundedByHand(ObjectNode intent, long amount, Instant at) {
        ObjectNode refund = made("refund", "re_", at).put("status", "succeeded").put("amount", amount);
        refund.set("currency", intent.path("currency"));
        refund.putObject("metadata");
        return refund.put("payment_intent", intent.path("id").asString());
    }

    /** Opens a dispute. Returns it. */
    public synchronized ObjectNode disputed(ObjectNode intent, String status, Instant at) {
        ObjectNode dispute = made("dispute", "dp_", at);
        dispute.put("payment_intent", intent.path("id").asString()).put("status", status);
        dispute.put("amount", intent.path("amount").asLong())
                .put("currency", intent.path("currency").asString());
        dispute.putObject("evidence_details")
                .put("due_by", at.plus(ANSWERED_WITHIN).getEpochSecond());
        required(intent.path("latest_charge").asString()).put("disputed", true);
        return dispute;
    }

    /** Withdraws a dispute's amount from our balance, or reinstates it. */
    static void moved(ObjectNode dispute, long amount) {
        dispute.withArrayProperty("balance_transactions")
                .addObject()
                .put("object", "balance_transaction")
                .put("amount", amount);
    }

    /** Records an event. Returns it as webhooks and the list of events have it. */
    public synchronized ObjectNode happened(String type, ObjectNode object, Instant at) {
        ObjectNode event = made("event", "evt_", at);
        event.put("type", type).put("api_version", "2019-02-19");
        event.putObject("data").set("object", object.deepCopy());
        return event;
    }

    private ObjectNode intentOf(ObjectNode session, Instant at) {
        String known = session.path("payment_intent").asString("");
        if (!known.isEmpty()) {
            return required(known);
        }
        ObjectNode intent = made("payment_intent", "pi_", at);
        intent.set("amount", session.path("amount_total"));
        intent.set("currency", session.path("currency"));
        intent.set("metadata", session.path("metadata").deepCopy());
        session.put("payment_intent", intent.path("id").asString());
        return intent;
    }

    private ObjectNode charge(ObjectNode intent, String status, Instant at) {
        ObjectNode charge = made("charge", "ch_", at).put("status", status);
        charge.put("payment_intent", intent.path("id").asString());
        charge.set("amount", intent.path("amount"));
        charge.set("currency", intent.path("currency"));
        return charge;
    }

    final ObjectNode made(String kind, String prefix, Instant at) {
        String id = name(prefix);
        ObjectNode object = StripeObjects.of(kind).put("id", id).put("created", at.getEpochSecond());
        objects.put(id, object);
        return object;
    }

    private String name(String prefix) {
        return prefix + ++number;
    }

    final ObjectNode required(String id) {
        ObjectNode object = objects.get(id);
        if (object == null) {
            throw new IllegalArgumentException("there is no " + id);
        }
        return object;
    }

    final Stream<ObjectNode> all(String kind) {
        return objects.values().stream()
                .filter(one -> one.path("object").asString().equals(kind));
    }
}
