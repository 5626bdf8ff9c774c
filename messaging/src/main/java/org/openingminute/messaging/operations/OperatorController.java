package org.openingminute.messaging.operations;

import jakarta.servlet.http.HttpServletRequest;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.CallerResolver;
import org.openingminute.kit.access.Permission;
import org.openingminute.kit.access.Person;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.FieldError;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.web.JsonBody;
import org.openingminute.messaging.MessagingSetting;
import org.openingminute.messaging.outbox.Outbox;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/**
 * A service's part of the operators' API, which the gateway exposes under {@code /api/ops}. The checks run in the order of the HTTP
 * contract: form, caller, fields, state.
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

    private final CallerResolver callers;
    private final DeadLetters deadLetters;
    private final Outbox outbox;
    private final OperatorAudit audit;
    private final List<StatePublisher> states;
    private final String service;

    OperatorController(
            CallerResolver callers,
            DeadLetters deadLetters,
            Outbox outbox,
            OperatorAudit audit,
            List<StatePublisher> states,
            MessagingSetting setting) {
        this.callers = callers;
        this.deadLetters = deadLetters;
        this.outbox = outbox;
        this.audit = audit;
        this.states = states;
        this.service = setting.group();
    }

    /**
     * The result of a republication.
     *
     * @param messages the number of messages that are sent again, or for the first time
     */
    record Republished(long messages) {}

    @GetMapping("/dead-letters")
    DeadLetter.DeadLetterPage list(
            @RequestParam(required = false) @Nullable String state,
            @RequestParam(required = false) @Nullable String limit,
            @RequestParam(required = false) @Nullable String after,
            HttpServletRequest request) {
        operator(request);
        if (state != null && !STATES.contains(state)) {
            throw Problem.invalid("state", "not-one-of", "must be one of {}", "open, replayed, discarded");
        }
        if (limit != null && (!LIMIT.matcher(limit).matches() || Integer.parseInt(limit) > MOST)) {
            throw Problem.invalid("limit", "out-of-range", "must be a number from {} to {}", 1, MOST);
        }
        return deadLetters.list(state, limit == null ? USUAL : Integer.parseInt(limit), after(after));
    }

    /**
     * The id after which this service's page begins. The joined list of all services may continue after another service's dead letter,
     * because all ids sort by creation time.
     */
    private @Nullable UUID after(@Nullable String id) {
        if (id == null) {
            return null;
        }
        Matcher form = ID.matcher(id);
        if (!form.matches()) {
            throw Problem.invalid("after", "not-an-id", "is not a valid id");
        }
        return UUID.fromString(form.group("uuid"));
    }

    @GetMapping("/dead-letters/{id}")
    DeadLetter.Whole show(@PathVariable String id, HttpServletRequest request) {
        operator(request);
        return deadLetters.find(uuid(id)).orElseThrow(Problem::notFound);
    }

    @PostMapping("/dead-letters/{id}/replay")
    DeadLetter.Replayed replay(
            @PathVariable String id,
            @RequestParam(required = false) @Nullable String dryRun,
            HttpServletRequest request) {
        Person operator = operator(request);
        // A misspelt parameter must not cause an actual replay.
        if (!Set.of("dryRun").containsAll(request.getParameterMap().keySet())) {
            throw Problem.invalid("dryRun", "only-parameter", "must be the only parameter");
        }
        boolean dry = "true".equals(dryRun);
        if (dryRun != null && !dry && !dryRun.equals("false")) {
            throw Problem.invalid("dryRun", "not-a-boolean", "must be true or false");
        }
        UUID deadLetter = uuid(id);
        return done(dry ? deadLetters.dryRun(deadLetter, operator) : deadLetters.replay(deadLetter, operator));
    }

    @PostMapping("/dead-letters/{id}/discard")
    DeadLetter.Whole discard(
            @PathVariable String id,
            @RequestBody(required = false) byte @Nullable [] body,
            HttpServletRequest request) {
        JsonNode json = JsonBody.object(body);
        @Nullable String reason = text(json, "reason");
        Person operator = operator(request);
        requireNothingBut("reason", json);
        if (reason == null || reason.isBlank()) {
            throw Problem.invalid("reason", "required", "is required");
        }
        if (reason.codePointCount(0, reason.length()) > LONGEST_REASON) {
            throw Problem.invalid("reason", "too-long", "has more than {} characters", LONGEST_REASON);
        }
        if (reason.chars().anyMatch(c -> Character.isISOControl(c) && c != '\n' && c != '\r' && c != '\t')) {
            throw Problem.invalid("reason", "control-characters", "has control characters");
        }
        return done(deadLetters.discard(uuid(id), operator, reason.strip()));
    }

    @PostMapping("/outbox/relay-again")
    Republished republish(@RequestBody(required = false) byte @Nullable [] body, HttpServletRequest request) {
        JsonNode json = JsonBody.object(body);
        @Nullable String since = text(json, "since");
        Person operator = operator(request);
        requireNothingBut("since", json);
        Instant from = instant("since", since);
        long entry = audit.begin(operator, "relay-again", null, "since " + from);
        states.forEach(StatePublisher::republish);
        long messages = outbox.republish(from);
        audit.settle(entry, "done", messages + " messages since " + from);
        return new Republished(messages);
    }

    private Person operator(HttpServletRequest request) {
        return callers.staff(request, Permission.OPERATE).person();
    }

    private @Nullable String text(JsonNode object, String field) {
        JsonNode value = object.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return null;
        }
        if (!value.isString()) {
            throw Problem.malformed(List.of(FieldError.of(field, "not-a-text", "must be a string")));
        }
        return value.stringValue();
    }

    private void requireNothingBut(String field, JsonNode object) {
        for (String name : object.propertyNames()) {
            if (!name.equals(field)) {
                throw Problem.invalid(name, "unknown-field", "is not a known field");
            }
        }
    }

    private Instant instant(String field, @Nullable String text) {
        if (text == null) {
            throw Problem.invalid(field, "required", "is required");
        }
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            throw Problem.invalid(field, "not-an-instant", "must be an instant such as 2026-02-02T09:00:00Z");
        }
    }

    private UUID uuid(String id) {
        Matcher form = ID.matcher(id);
        if (!form.matches() || !form.group("service").equals(service)) {
            throw Problem.notFound();
        }
        return UUID.fromString(form.group("uuid"));
    }

    private <T> T done(DeadLetters.ReplayResult<T> answer) {
        return switch (answer) {
            case DeadLetters.ReplayResult.Done<T>(T now) -> now;
            case DeadLetters.ReplayResult.Unknown<T>() -> throw Problem.notFound();
            case DeadLetters.ReplayResult.NotOpen<T>(String why) ->
                throw new Problem(CommonProblem.NOT_ALLOWED_NOW, why);
        };
    }
}
