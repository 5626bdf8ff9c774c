package org.openingminute.registration.operators;

import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Set;
import org.openingminute.messaging.operators.OperatorDoor;
import org.openingminute.messaging.operators.PayloadMask;
import org.openingminute.registration.access.Callers;
import org.openingminute.registration.access.Role;
import org.openingminute.registration.conferences.DefinitionsJob;
import org.openingminute.registration.form.FieldError;
import org.openingminute.registration.web.Problem;
import org.openingminute.registration.web.ProblemCode;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Lets operators in to what the library offers them. */
@Configuration(proxyBeanMethods = false)
class OperatorConfiguration {

    /** Of events of payments and mails, and of what is said because of them. A reason and a reference may name a person. */
    @Bean
    PayloadMask payloadMask() {
        return new PayloadMask(Set.of(
                "amount",
                "answered",
                "at",
                "attendee",
                "category",
                "changedAt",
                "code",
                "conference",
                "contactGeneration",
                "createdAt",
                "currency",
                "generation",
                "holdExpiresAt",
                "id",
                "issuedAt",
                "kind",
                "method",
                "number",
                "payable",
                "payableSeconds",
                "paymentMethod",
                "phase",
                "proof",
                "quantity",
                "refund",
                "registration",
                "revision",
                "slug",
                "state",
                "status"));
    }

    @Bean
    OperatorDoor operatorDoor(Callers callers, DefinitionsJob definitions) {
        return new Door(callers, definitions);
    }

    private record Door(Callers callers, DefinitionsJob definitions) implements OperatorDoor {

        @Override
        public String operator(HttpServletRequest request) {
            return callers.staff(request, Role.OPERATOR).name();
        }

        @Override
        public void beforeRelayingAgain() {
            definitions.publishAgain();
        }

        @Override
        public RuntimeException refusal(Refusal refusal) {
            return switch (refusal) {
                case Refusal.Malformed() ->
                    Problem.malformed("The body is not JSON of the form that is expected here.");
                case Refusal.Invalid(String field, String message) ->
                    Problem.invalid(List.of(new FieldError(field, message)));
                case Refusal.NotFound() -> Problem.notFound();
                case Refusal.NotAllowedNow(String why) -> new Problem(ProblemCode.NOT_ALLOWED_NOW, why);
            };
        }
    }
}
