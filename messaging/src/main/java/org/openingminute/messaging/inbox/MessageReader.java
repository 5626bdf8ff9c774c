package org.openingminute.messaging.inbox;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.core.annotation.AliasFor;
import org.springframework.kafka.annotation.KafkaListener;

/**
 * Marks a method that reads a topic for this service, in the service's consumer group, from the beginning of the topic. The method takes
 * one {@link Message}, or a {@code List<Message>} if it applies all messages of a poll together. Messages of one key arrive in order.
 *
 * <p>The method returns once its work is committed; only then are the offsets committed. A message may be delivered again, late or out of
 * order; the method makes that harmless with the {@link Inbox} inside its transaction. Several threads call the method for different keys,
 * and an operator's replay calls it concurrently for any key.
 *
 * <p>The thrown exception decides what happens: {@link PermanentFailure} parks the message at once. After a transient failure ({@link
 * TransientFailure}, or an unavailable database or network) the message is retried with back-off indefinitely, which holds up its
 * partition. After any other exception it is retried a few times and then parked. A method that takes a list reports the failed message
 * with a {@link BatchFailure}: the messages before it count as done; it and those after it are delivered again.
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@KafkaListener(containerFactory = MessageReaderFactory.NAME)
public @interface MessageReader {

    /** What happens to a message whose type the reader does not list. */
    enum Unknown {
        /** Count and skip it: an event, which may concern only other services. */
        SKIP,
        /** Park it: a command, which its sender expects to be carried out. */
        PARK
    }

    /** The topic's name. */
    @AliasFor(annotation = KafkaListener.class, attribute = "topics")
    String topic();

    /** The message types that the method handles. */
    String[] types();

    /** What happens to messages of other types. */
    Unknown unknownTypes();

    /** Properties of the Kafka consumer, {@code name=value}. A reader that may lag behind can wait for more messages per poll. */
    @AliasFor(annotation = KafkaListener.class, attribute = "properties")
    String[] properties() default {};
}
