package org.openingminute.notification.announcement;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.FieldError;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.web.RequestHash;
import org.openingminute.notification.composition.PlainText;
import org.openingminute.notification.subscription.Topic;

/** An organiser's announcement: plain text, blank lines between paragraphs. */
record AnnouncementRequest(String topic, String subject, String body) {

    /** The topic for attendees, which needs no subscription. */
    static final String ATTENDEES = "attendees";

    private static final int LONGEST_SUBJECT = 150;
    private static final int LONGEST_BODY = 20_000;

    /**
     * Validates a request.
     *
     * @param wrong the errors found so far
     * @throws Problem {@code invalid}, with all errors
     */
    static AnnouncementRequest checked(AnnouncementController.AnnouncementOrder wanted, Collection<FieldError> wrong) {
        @Nullable String topic = wanted.topic();
        @Nullable String subject = wanted.subject();
        @Nullable String body = wanted.body();
        List<FieldError> errors = new ArrayList<>(wrong);
        if (topic == null || (Topic.of(topic).isEmpty() && !topic.equals(ATTENDEES))) {
            errors.add(FieldError.of(
                    "topic", "not-one-of", "must be one of {}", String.join(", ", Topic.codes()) + ", " + ATTENDEES));
        }
        if (subject == null || subject.isBlank()) {
            errors.add(FieldError.of("subject", "required", "is required"));
        } else if (subject.length() > LONGEST_SUBJECT) {
            errors.add(FieldError.of("subject", "too-long", "has more than {} characters", LONGEST_SUBJECT));
        } else if (!PlainText.isLine(subject)) {
            errors.add(FieldError.of("subject", "not-one-line", "must be one line without control characters"));
        }
        if (body == null || body.isBlank()) {
            errors.add(FieldError.of("body", "required", "is required"));
        } else if (body.length() > LONGEST_BODY) {
            errors.add(FieldError.of("body", "too-long", "has more than {} characters", LONGEST_BODY));
        } else if (!PlainText.isText(body)) {
            errors.add(FieldError.of(
                    "body", "control-characters", "must have no control characters other than line breaks"));
        }
        if (!errors.isEmpty() || topic == null || subject == null || body == null) {
            throw Problem.invalid(errors);
        }
        return new AnnouncementRequest(topic, subject.strip(), body.strip());
    }

    /** Returns a hash that differs for different requests. */
    String hash() {
        return RequestHash.of(topic + "\n" + subject + "\n" + body).hex();
    }
}
