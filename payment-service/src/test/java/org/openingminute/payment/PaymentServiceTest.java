package org.openingminute.payment;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.ResourceLockTarget;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.AliasFor;
import org.springframework.test.context.ContextConfiguration;

/**
 * Tests of the running service, which its {@link ServiceFixture} reaches. Tests with the same settings share one service and
 * run beside each other, told apart by their registrations; one that others would notice is a {@link DisturbsOthers}.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.DEFINED_PORT)
@ContextConfiguration
@Import(ServiceFixture.class)
@ExtendWith(ServiceFixture.Calm.class)
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(value = DisturbsOthers.SERVICE, mode = ResourceAccessMode.READ, target = ResourceLockTarget.CHILDREN)
@interface PaymentServiceTest {

    @AliasFor(annotation = ContextConfiguration.class, attribute = "initializers")
    Class<? extends ApplicationContextInitializer<?>>[] surroundings() default ServiceFixture.Surroundings.class;
}
