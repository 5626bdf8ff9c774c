package org.openingminute.messaging.inbox;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.core.annotation.AliasFor;
import org.springframework.kafka.annotation.KafkaListener;

/**
 * Marks the method that reads a topic for this service, in the service's consumer group, from the topic's beginning on. The
 * method takes one {@link Message}, or a {@code List<Message>} if it applies what one poll brought at once; messages of one key
 * are in their order.
 *
 * <p>A reader returns once its work is committed; only then are the offsets committed. It may receive a message again, late or
 * out of order, and makes that harmless with the {@link Inbox} inside its transaction. Several threads call it for different
 * keys, and an operator's replay calls it concurrently for any key.
 *
 * <p>The exception that it throws decides: {@link PermanentFailure} parks the message at once. After a transient failure
 * ({@link TransientFailure}, or the database or the network is away) the message is retried with back-off for as long as it
 * takes, which holds up the partition. After any other exception it is retried a few times and then parked. A reader of lists
 * says by {@link BatchFailure} which message failed: those before it count as done, it and those after it come again.
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@KafkaListener(containerFactory = MessageReaderFactory.NAME)
public @interface MessageReader {

    /** The treatment of a message whose type a reader does not know. */
    enum Unknown {
        /** An event, which may concern other services: it is counted and skipped. */
        SKIP,
        /** A command, which somebody expects to be done: it is parked. */
        PARK
    }

    /** The topic's name. */
    @AliasFor(annotation = KafkaListener.class, attribute = "topics")
    String topic();

    /** The types that the method is given. */
    String[] types();

    /** The treatment of messages of other types. */
    Unknown unknownTypes();

    /** Settings of its Kafka consumer, {@code name=value}; a reader that may be late waits for more messages at once. */
    @AliasFor(annotation = KafkaListener.class, attribute = "properties")
    String[] properties() default {};
}
