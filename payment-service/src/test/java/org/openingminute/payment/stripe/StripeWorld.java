package org.openingminute.payment.stripe;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/** What is at a Stripe that is played, and what payers, banks and Stripe's own people do there. */
abstract class StripeWorld {

    private final Map<String, ObjectNode> objects = new LinkedHashMap<>();
    private int number;

    /** The newest session that was opened for a registration. */
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

    /** From now on it knows nothing of this name. */
    public synchronized void forgets(String id) {
        objects.remove(id);
    }

    /** A payer pays. Returns the payment. */
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

    /** A payer paid for a registration that another deployment knows. Returns the payment. */
    public synchronized ObjectNode paidElsewhere(Object registration, Instant at) {
        ObjectNode session = made("checkout.session", "cs_test_", at)
                .put("amount_total", 100)
                .put("currency", "usd");
        session.putObject("metadata").put("registration", registration.toString());
        return paid(session, at);
    }

    /** A session ends by itself, and nobody is told. */
    public synchronized void expired(ObjectNode session) {
        session.put("status", "expired").putNull("url");
    }

    /** A payer's card is declined. Returns the payment. */
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

    /** A payer's bank wants the payer to confirm. Returns the payment. */
    synchronized ObjectNode toBeConfirmed(ObjectNode session, Instant at) {
        ObjectNode intent = intentOf(session, at);
        return intent.put("status", "requires_action");
    }

    /** The payer did not confirm. Returns the payment. */
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

    /** Somebody refunds it in Stripe's own pages. Returns the refund. */
    public synchronized ObjectNode refundedByHand(ObjectNode intent, long amount, Instant at) {
        ObjectNode refund = made("refund", "re_", at).put("status", "succeeded").put("amount", amount);
        refund.set("currency", intent.path("currency"));
        refund.putObject("metadata");
        return refund.put("payment_intent", intent.path("id").asString());
    }

    /** A bank asks for the money back. Returns the dispute. */
    public synchronized ObjectNode disputed(ObjectNode intent, String status, Instant at) {
        ObjectNode dispute = made("dispute", "dp_", at);
        dispute.put("payment_intent", intent.path("id").asString()).put("status", status);
        dispute.put("amount", intent.path("amount").asLong())
                .put("currency", intent.path("currency").asString());
        required(intent.path("latest_charge").asString()).put("disputed", true);
        return dispute;
    }

    /** Money of a dispute is withdrawn from our balance, or reinstated. */
    static void moved(ObjectNode dispute, long amount) {
        dispute.withArrayProperty("balance_transactions")
                .addObject()
                .put("object", "balance_transaction")
                .put("amount", amount);
    }

    /** An event, as it is told and kept. */
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
