package org.openingminute.notification.announcement;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.openingminute.notification.composing.PlainText;
import org.openingminute.notification.interest.Topic;
import org.openingminute.notification.problem.ApiProblem;
import org.openingminute.notification.problem.ApiProblem.FieldError;

/** What an organiser wants to be said: plain text, blank lines between paragraphs. */
record AnnouncementRequest(String topic, String subject, String body) {

    /** The topic of those who come, which nobody need ask for. */
    static final String ATTENDEES = "attendees";

    private static final int LONGEST_SUBJECT = 150;
    private static final int LONGEST_BODY = 20_000;

    /**
     * Checks what was sent.
     *
     * @param wrong what is wrong already
     * @throws ApiProblem {@code invalid}, with all that is wrong
     */
    static AnnouncementRequest checked(
            @Nullable String topic, @Nullable String subject, @Nullable String body, Collection<FieldError> wrong) {
        List<FieldError> errors = new ArrayList<>(wrong);
        if (topic == null || (Topic.of(topic).isEmpty() && !topic.equals(ATTENDEES))) {
            errors.add(new FieldError("topic", "is one of " + String.join(", ", Topic.codes()) + ", " + ATTENDEES));
        }
        if (subject == null || subject.isBlank()) {
            errors.add(new FieldError("subject", "is required"));
        } else if (subject.length() > LONGEST_SUBJECT) {
            errors.add(new FieldError("subject", "has more than " + LONGEST_SUBJECT + " characters"));
        } else if (!PlainText.isLine(subject)) {
            errors.add(new FieldError("subject", "is one line without control characters"));
        }
        if (body == null || body.isBlank()) {
            errors.add(new FieldError("body", "is required"));
        } else if (body.length() > LONGEST_BODY) {
            errors.add(new FieldError("body", "has more than " + LONGEST_BODY + " characters"));
        } else if (!PlainText.isText(body)) {
            errors.add(new FieldError("body", "has no control characters but ends of lines"));
        }
        if (!errors.isEmpty() || topic == null || subject == null || body == null) {
            throw ApiProblem.invalid(errors);
        }
        return new AnnouncementRequest(topic, subject.strip(), body.strip());
    }

    /** The same for the same request, and for no other. */
    String hash() {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            return HexFormat.of()
                    .formatHex(sha.digest((topic + "\n" + subject + "\n" + body).getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is in every Java", e);
        }
    }
}
