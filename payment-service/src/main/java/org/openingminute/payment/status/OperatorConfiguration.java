package org.openingminute.payment.status;

import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Set;
import org.openingminute.messaging.operators.OperatorDoor;
import org.openingminute.messaging.operators.PayloadMask;
import org.openingminute.payment.access.Access;
import org.openingminute.payment.web.Problem;
import org.openingminute.payment.web.ProblemCode;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Lets operators in to what the library offers them. */
@Configuration(proxyBeanMethods = false)
class OperatorConfiguration {

    /** Of commands and events of payments. A reason, a reference and a buyer may name a person. */
    @Bean
    PayloadMask payloadMask() {
        return new PayloadMask(Set.of(
                "amount",
                "answered",
                "at",
                "attendee",
                "byTransfer",
                "conference",
                "currency",
                "holdExpiresAt",
                "id",
                "issuedAt",
                "method",
                "number",
                "payable",
                "payableSeconds",
                "quantity",
                "receivedAt",
                "refund",
                "registration",
                "revision",
                "state",
                "status"));
    }

    @Bean
    OperatorDoor operatorDoor(Access access) {
        return new Door(access);
    }

    private record Door(Access access) implements OperatorDoor {

        @Override
        public String operator(HttpServletRequest request) {
            return access.operator(request).account();
        }

        @Override
        public RuntimeException refusal(Refusal refusal) {
            return switch (refusal) {
                case Refusal.Malformed() ->
                    new Problem(ProblemCode.MALFORMED, "The body is no JSON of the form that is expected here.");
                case Refusal.Invalid(String field, String message) ->
                    Problem.invalid(List.of(new Problem.FieldError(field, message)));
                case Refusal.NotFound() -> new Problem(ProblemCode.NOT_FOUND, "There is nothing here.");
                case Refusal.NotAllowedNow(String why) -> new Problem(ProblemCode.NOT_ALLOWED_NOW, why);
            };
        }
    }
}
