package org.openingminute.messaging.operators;

import jakarta.servlet.http.HttpServletRequest;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.openingminute.messaging.MessageJson;
import org.openingminute.messaging.MessagingSetting;
import org.openingminute.messaging.operators.OperatorDoor.Refusal;
import org.openingminute.messaging.outbox.Outbox;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;

/**
 * A service's part of what operators do; the gateway asks for it under {@code /api/ops}. The order of what is checked is that
 * of the HTTP contract: form, caller, fields, state.
 */
@RestController
@RequestMapping("/internal/ops")
class OperatorController {

    private static final Set<String> STATES = Set.of("open", "replayed", "discarded");
    private static final Pattern LIMIT = Pattern.compile("[1-9][0-9]{0,2}");
    private static final Pattern ID =
            Pattern.compile("(?<service>[a-z-]+)\\.(?<uuid>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})");
    private static final int MOST = 200;
    private static final int USUAL = 50;
    private static final int LONGEST_REASON = 500;
    private static final ObjectReader STRICT =
            MessageJson.MAPPER.reader().with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private final OperatorDoor door;
    private final DeadLetters letters;
    private final Outbox outbox;
    private final OperatorActs acts;
    private final String service;

    OperatorController(
            OperatorDoor door, DeadLetters letters, Outbox outbox, OperatorActs acts, MessagingSetting setting) {
        this.door = door;
        this.letters = letters;
        this.outbox = outbox;
        this.acts = acts;
        this.service = setting.group();
    }

    /**
     * What comes again.
     *
     * @param messages how many, or for the first time
     */
    record RelayedAgain(long messages) {}

    @GetMapping("/dead-letters")
    DeadLetter.Page list(
            @RequestParam(required = false) @Nullable String state,
            @RequestParam(required = false) @Nullable String limit,
            @RequestParam(required = false) @Nullable String after,
            HttpServletRequest request) {
        door.operator(request);
        if (state != null && !STATES.contains(state)) {
            throw invalid("state", "is one of open, replayed, discarded");
        }
        if (limit != null && (!LIMIT.matcher(limit).matches() || Integer.parseInt(limit) > MOST)) {
            throw invalid("limit", "is a number from 1 to " + MOST);
        }
        return letters.list(state, limit == null ? USUAL : Integer.parseInt(limit), after(after));
    }

    /** The list of all services goes on after one of them's letter: ids of all sort by the time at which they were made. */
    private @Nullable UUID after(@Nullable String id) {
        if (id == null) {
            return null;
        }
        Matcher form = ID.matcher(id);
        if (!form.matches()) {
            throw invalid("after", "is no id");
        }
        return UUID.fromString(form.group("uuid"));
    }

    @GetMapping("/dead-letters/{id}")
    DeadLetter.Whole look(@PathVariable String id, HttpServletRequest request) {
        door.operator(request);
        return letters.find(uuid(id)).orElseThrow(this::notFound);
    }

    @PostMapping("/dead-letters/{id}/replay")
    DeadLetter.Replayed replay(
            @PathVariable String id,
            @RequestParam(required = false) @Nullable String dryRun,
            HttpServletRequest request) {
        String who = door.operator(request);
        // Who misspells it must not get a replay that is none.
        if (!Set.of("dryRun").containsAll(request.getParameterMap().keySet())) {
            throw invalid("dryRun", "is the only parameter");
        }
        boolean dry = "true".equals(dryRun);
        if (dryRun != null && !dry && !dryRun.equals("false")) {
            throw invalid("dryRun", "is true or false");
        }
        UUID letter = uuid(id);
        return done(dry ? letters.dryRun(letter, who) : letters.replay(letter, who));
    }

    @PostMapping("/dead-letters/{id}/discard")
    DeadLetter.Whole discard(
            @PathVariable String id,
            @RequestBody(required = false) byte @Nullable [] body,
            HttpServletRequest request) {
        JsonNode json = object(body);
        @Nullable String reason = text(json, "reason");
        String who = door.operator(request);
        requireNothingBut("reason", json);
        if (reason == null || reason.isBlank()) {
            throw invalid("reason", "is required");
        }
        if (reason.codePointCount(0, reason.length()) > LONGEST_REASON) {
            throw invalid("reason", "has more than " + LONGEST_REASON + " characters");
        }
        if (reason.chars().anyMatch(c -> Character.isISOControl(c) && c != '\n' && c != '\r' && c != '\t')) {
            throw invalid("reason", "has control characters");
        }
        return done(letters.discard(uuid(id), who, reason.strip()));
    }

    @PostMapping("/outbox/relay-again")
    RelayedAgain relayAgain(@RequestBody(required = false) byte @Nullable [] body, HttpServletRequest request) {
        JsonNode json = object(body);
        @Nullable String since = text(json, "since");
        String who = door.operator(request);
        requireNothingBut("since", json);
        Instant from = instant("since", since);
        long act = acts.begin(who, "relay-again", null, "since " + from);
        // What is compacted, and kept in no outbox for ever, is said first.
        door.beforeRelayingAgain();
        long messages = outbox.relayAgain(from);
        acts.settle(act, "done", messages + " messages since " + from);
        return new RelayedAgain(messages);
    }

    private JsonNode object(byte @Nullable [] body) {
        try {
            JsonNode json = STRICT.readTree(body == null ? new byte[0] : body);
            if (json.isObject()) {
                return json;
            }
        } catch (JacksonException e) {
            // Answered below.
        }
        throw door.refusal(new Refusal.Malformed());
    }

    private @Nullable String text(JsonNode object, String field) {
        JsonNode value = object.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return null;
        }
        if (!value.isString()) {
            throw door.refusal(new Refusal.Malformed());
        }
        return value.stringValue();
    }

    private void requireNothingBut(String field, JsonNode object) {
        for (String name : object.propertyNames()) {
            if (!name.equals(field)) {
                throw invalid(name, "is not a known field");
            }
        }
    }

    private Instant instant(String field, @Nullable String text) {
        if (text == null) {
            throw invalid(field, "is required");
        }
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            throw invalid(field, "is no instant, such as 2026-02-02T09:00:00Z");
        }
    }

    private UUID uuid(String id) {
        Matcher form = ID.matcher(id);
        if (!form.matches() || !form.group("service").equals(service)) {
            throw notFound();
        }
        return UUID.fromString(form.group("uuid"));
    }

    private <T> T done(DeadLetters.Answer<T> answer) {
        return switch (answer) {
            case DeadLetters.Answer.Done<T>(T now) -> now;
            case DeadLetters.Answer.Unknown<T>() -> throw notFound();
            case DeadLetters.Answer.NotOpen<T>(String why) -> throw door.refusal(new Refusal.NotAllowedNow(why));
        };
    }

    private RuntimeException invalid(String field, String message) {
        return door.refusal(new Refusal.Invalid(field, message));
    }

    private RuntimeException notFound() {
        return door.refusal(new Refusal.NotFound());
    }
}
