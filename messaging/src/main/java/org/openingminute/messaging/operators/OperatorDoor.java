package org.openingminute.messaging.operators;

import jakarta.servlet.http.HttpServletRequest;

/**
 * What a service adds so that operators can reach the library's part of {@code /internal/ops}: who is calling, and how it says
 * no. Without a bean of this type those paths are not there. Implementations are safe for all threads.
 */
public interface OperatorDoor {

    /**
     * The account of the operator who is calling.
     *
     * @throws RuntimeException the service's own, for whoever is none
     */
    String operator(HttpServletRequest request);

    /** The service's own exception that answers with a refusal; the caller throws it. */
    RuntimeException refusal(Refusal refusal);

    /**
     * Says anew what has to be there before old messages come again; by default nothing has to. What it throws is the answer,
     * and nothing is relayed again.
     */
    default void beforeRelayingAgain() {}

    /** Why a request is refused, each with the code that the HTTP contract has for it. Immutable. */
    sealed interface Refusal {

        /** The body cannot be read: {@code malformed}. */
        record Malformed() implements Refusal {}

        /**
         * A field or parameter is understood and wrong: {@code invalid}.
         *
         * @param field its name
         * @param message what is wrong, to be read after the name
         */
        record Invalid(String field, String message) implements Refusal {}

        /** There is no such letter: {@code not-found}. */
        record NotFound() implements Refusal {}

        /**
         * The letter is not open: {@code not-allowed-now}.
         *
         * @param why as a sentence
         */
        record NotAllowedNow(String why) implements Refusal {}
    }
}
