package org.openingminute.notification.due;

import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.messaging.batch.BatchEntry;
import org.openingminute.messaging.inbox.Message;
import org.openingminute.notification.projection.PaymentSnapshot;
import org.openingminute.notification.projection.RegistrationSnapshot;

/** A reason to reconsider a registration's mails. */
sealed interface PlanEntry extends BatchEntry {

    /** The trace header defined by W3C Trace Context. */
    String TRACEPARENT = "traceparent";

    UUID registration();

    @Override
    default Set<String> keys() {
        return Set.of(registration().toString());
    }

    /** A deferred mail of the registration is due. */
    record DueNow(UUID registration) implements PlanEntry {

        @Override
        public Map<String, String> trace() {
            return Map.of();
        }
    }

    /** An event that reports a state, with its parsed body. */
    sealed interface ReceivedEvent extends PlanEntry {

        Message message();

        /** Returns the trace that the mails of this event continue; {@code null} if there is none. */
        default @Nullable String traceparent() {
            return message().headers().get(TRACEPARENT);
        }

        @Override
        default Map<String, String> trace() {
            @Nullable String traceparent = traceparent();
            return traceparent == null ? Map.of() : Map.of(TRACEPARENT, traceparent);
        }
    }

    /** A registration's event. */
    record RegistrationReceived(Message message, RegistrationSnapshot state) implements ReceivedEvent {

        /**
         * Parses an event.
         *
         * @throws org.openingminute.messaging.inbox.PermanentFailure if it cannot be read
         */
        static RegistrationReceived of(Message message) {
            RegistrationSnapshot state = message.body(RegistrationSnapshot.class);
            message.requireKey(state.id());
            return new RegistrationReceived(message, state);
        }

        @Override
        public UUID registration() {
            return state.id();
        }
    }

    /** A payment's event. */
    record PaymentReceived(Message message, PaymentSnapshot state) implements ReceivedEvent {

        /**
         * Parses an event.
         *
         * @throws org.openingminute.messaging.inbox.PermanentFailure if it cannot be read
         */
        static PaymentReceived of(Message message) {
            PaymentSnapshot state = message.body(PaymentSnapshot.class);
            message.requireKey(state.registration());
            return new PaymentReceived(message, state);
        }

        @Override
        public UUID registration() {
            return state.registration();
        }
    }
}
