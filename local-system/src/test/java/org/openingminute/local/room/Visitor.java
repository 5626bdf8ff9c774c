package org.openingminute.local.room;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.openingminute.local.fixture.ApiClient;
import org.openingminute.local.load.KeepAlive;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A visitor who behaves like the page: takes a place, polls as advised, and once admitted fills in the form, registers and pays. The fields
 * may be read after {@link #visit} has returned.
 */
final class Visitor {

    /** The end of a visit. */
    enum End {
        /** Took a place and never polled again. */
        SILENT,
        LEFT,
        /** Saw in the line that no seat is left. */
        SAW_SOLD_OUT,
        /** Did not come within five minutes of being called. */
        MISSED,
        ADMITTED_AND_LEFT,
        /** Needed more time for the form than the admission lasts. */
        TOO_LATE,
        SOLD_OUT,
        /** Registered and did not pay. */
        REGISTERED,
        CONFIRMED
    }

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final long ADMISSION = TimeUnit.MINUTES.toNanos(15);
    private static final long MARGIN = TimeUnit.SECONDS.toNanos(30);
    private static final byte[] NOTHING = {};
    private static final String JSON_BODY = "Content-Type: application/json\r\n";
    private static final byte[] CARD = "{\"cardNumber\": \"%s\", \"expiry\": \"12/30\", \"cvc\": \"123\"}"
            .formatted(ApiClient.CARD)
            .getBytes(StandardCharsets.UTF_8);

    private final FrontDoor door;
    private final String slug;
    private final Crowd.Plan plan;
    private final BooleanSupplier isSoldOut;
    private final AtomicLong called;

    /** The time of asking for the place, by {@link System#nanoTime}, as for {@link #given}. */
    long asked;

    long given;
    long number;
    /** The time of the last poll that was answered with "wait". */
    long lastWaited = Long.MIN_VALUE;
    /** The 503s to the request for a place. Each may have used up a number that the gateway could not give in time. */
    int refusals;
    /** The time of the response that admits the visitor; 0 for never. */
    long admitted;
    /** The time at which the form was first sent; 0 for never. */
    long sent;
    /** The time of the registration; 0 for never. */
    long registered;
    /** The time since registration-service first refused because of load, in nanoseconds. */
    long atTheDoor;

    @Nullable
    End end;

    /**
     * @param isSoldOut whether the page says that no seat is left
     * @param called counts the admitted visitors
     */
    Visitor(FrontDoor door, String slug, Crowd.Plan plan, BooleanSupplier isSoldOut, AtomicLong called) {
        this.door = door;
        this.slug = slug;
        this.plan = plan;
        this.isSoldOut = isSoldOut;
        this.called = called;
    }

    int seats() {
        return plan.seats();
    }

    /** Nanoseconds after the opening. */
    long comesAfter() {
        return plan.comesAfter();
    }

    /** Nanoseconds from taking a place to being admitted; 0 without an admission. */
    long waited() {
        return admitted == 0 ? 0 : admitted - given;
    }

    /** Runs the visit to its end. Throws an {@link AssertionError} if a promise is broken. */
    void visit() throws InterruptedException {
        end = visited();
    }

    private End visited() throws InterruptedException {
        asked = System.nanoTime();
        String request = "POST /api/waiting-room/" + slug + "/places HTTP/1.1\r\n";
        KeepAlive.Answer answer;
        while ((answer = door.send(request, NOTHING)).status() == 503) {
            refusals++;
            waitAsTold(answer);
        }
        JsonNode place = json(201, request, answer);
        given = System.nanoTime();
        number = Long.parseLong(place.path("placeToken").asString().split(":", -1)[2]);
        if (plan.isSilent()) {
            // Whoever comes when nobody waits is admitted at once, and counts as admitted whether or not anything
            // follows.
            if (place.path("state").asString().equals("admitted")) {
                admitted = System.nanoTime();
            }
            return End.SILENT;
        }
        long question = asked;
        while (place.path("state").asString().equals("waiting")) {
            lastWaited = question;
            long next = System.nanoTime()
                    + TimeUnit.SECONDS.toNanos(place.path("pollAfterSeconds").asInt());
            if (next - asked > plan.leavesAfter()) {
                return End.LEFT;
            }
            if (isSoldOut.getAsBoolean()) {
                return End.SAW_SOLD_OUT;
            }
            sleepUntil(next);
            question = System.nanoTime();
            door.countPoll();
            place = answered(
                    200,
                    "GET /api/waiting-room/" + slug + "/place HTTP/1.1\r\nAuthorization: Bearer "
                            + place.path("placeToken").asString() + "\r\n",
                    null);
        }
        if (place.path("state").asString().equals("missed")) {
            return End.MISSED;
        }
        admitted = System.nanoTime();
        called.incrementAndGet();
        if (!plan.registers()) {
            return End.ADMITTED_AND_LEFT;
        }
        // The form is never sent later than half a minute after the admission has expired.
        sleepUntil(admitted + Math.min(plan.formTakes(), ADMISSION + MARGIN));
        return buy(place.path("admissionToken").asString());
    }

    private End buy(String admission) throws InterruptedException {
        String start = "POST /api/conferences/" + slug + "/registrations HTTP/1.1\r\nIdempotency-Key: "
                + ApiClient.newKey() + "\r\n" + JSON_BODY + "Admission-Token: ";
        String head = start + admission + "\r\n";
        byte[] body = ApiClient.body("guest", ApiClient.newAddress("visitor"), plan.seats())
                .getBytes(StandardCharsets.UTF_8);
        sent = System.nanoTime();
        KeepAlive.Answer answer = door.send(head, body);
        while (answer.status() == 503) {
            waitAsTold(answer);
            if (!answer.admissionToken().isEmpty()) {
                head = start + answer.admissionToken() + "\r\n";
            }
            answer = door.send(head, body);
            atTheDoor = System.nanoTime() - sent;
        }
        if (answer.status() == 403 && plan.formTakes() > ADMISSION) {
            return End.TOO_LATE;
        }
        if (answer.status() == 409 && text(answer).contains("sold-out")) {
            return End.SOLD_OUT;
        }
        JsonNode made = json(201, head, answer);
        registered = System.nanoTime();
        if (!plan.pays()) {
            return End.REGISTERED;
        }
        pay(made);
        return End.CONFIRMED;
    }

    private void pay(JsonNode made) throws InterruptedException {
        String path = "/api/registrations/" + made.path("id").asString();
        String bearer = "Authorization: Bearer " + made.path("accessToken").asString() + "\r\n";
        URI checkout = URI.create(answered(
                        201,
                        "POST " + path.replace("registrations", "payments") + "/checkout HTTP/1.1\r\n" + bearer,
                        NOTHING)
                .path("checkoutUrl")
                .asString());
        KeepAlive.Answer paid = patiently("POST " + checkout.getRawPath() + " HTTP/1.1\r\n" + JSON_BODY, CARD);
        // A repeated request is answered like this if the first response was cut off.
        if (paid.status() != 200 && !text(paid).contains("session-paid")) {
            throw new AssertionError("not paid: " + text(paid));
        }
        while (!answered(200, "GET " + path + " HTTP/1.1\r\n" + bearer, null)
                .path("status")
                .asString()
                .equals("confirmed")) {
            TimeUnit.SECONDS.sleep(1);
        }
    }

    private JsonNode answered(int status, String head, byte @Nullable [] body) throws InterruptedException {
        return json(status, head, patiently(head, body));
    }

    private KeepAlive.Answer patiently(String head, byte @Nullable [] body) throws InterruptedException {
        KeepAlive.Answer answer;
        while ((answer = door.send(head, body)).status() == 503) {
            waitAsTold(answer);
        }
        return answer;
    }

    private static void waitAsTold(KeepAlive.Answer refusal) throws InterruptedException {
        if (refusal.retryAfter().isEmpty()) {
            throw new AssertionError("503 without Retry-After: " + text(refusal));
        }
        TimeUnit.SECONDS.sleep(Long.parseLong(refusal.retryAfter()));
    }

    private static JsonNode json(int status, String head, KeepAlive.Answer answer) {
        // A repeated request is answered with 200.
        if (answer.status() != status && answer.status() != 200) {
            throw new AssertionError(head.lines().findFirst().orElse("") + ": " + answer.status() + " " + text(answer));
        }
        return JSON.readTree(answer.body());
    }

    private static String text(KeepAlive.Answer answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    private static void sleepUntil(long nanoTime) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(nanoTime - System.nanoTime());
    }
}
