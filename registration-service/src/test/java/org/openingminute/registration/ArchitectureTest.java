package org.openingminute.registration;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZonedDateTime;
import java.util.UUID;

/** The rules of style that a machine can hold. */
@AnalyzeClasses(packages = "org.openingminute", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    private static final String REGISTRATION = "org.openingminute.registration..";

    @ArchTest
    static final ArchRule rules_are_pure = noClasses()
            .that()
            .resideInAnyPackage(
                    "..registration.sale..",
                    "..registration.quota..",
                    "..registration.form..",
                    "..registration.lifecycle..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.springframework..", "java.sql..", "org.apache.kafka..", "..messaging..");

    @ArchTest
    static final ArchRule rules_depend_on_each_other_one_way = noClasses()
            .that()
            .resideInAPackage("..registration.sale..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("..registration.quota..", "..registration.form..");

    @ArchTest
    static final ArchRule decisions_are_made_in_memory = noClasses()
            .that()
            .resideInAPackage("..registration.decision..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "java.sql..",
                    "org.springframework.jdbc..",
                    "org.springframework.transaction..",
                    "org.apache.kafka..",
                    "..registration.admission..",
                    "..registration.clock..");

    @ArchTest
    static final ArchRule no_other_service_is_used = noClasses()
            .that()
            .resideInAPackage(REGISTRATION)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "org.openingminute.payment..",
                    "org.openingminute.notification..",
                    "org.openingminute.gateway..",
                    "org.openingminute.contracts..",
                    "org.openingminute.local..");

    @ArchTest
    static final ArchRule only_the_library_sends = noClasses()
            .that()
            .resideInAPackage(REGISTRATION)
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName("org.springframework.kafka.core.KafkaTemplate")
            .orShould()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.kafka.clients.producer..");

    @ArchTest
    static final ArchRule time_and_ids_come_from_outside = noClasses()
            .that()
            .resideInAPackage(REGISTRATION)
            .should()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(LocalDate.class, "now")
            .orShould()
            .callMethod(LocalDateTime.class, "now")
            .orShould()
            .callMethod(ZonedDateTime.class, "now")
            .orShould()
            .callMethod(Clock.class, "systemUTC")
            .orShould()
            .callMethod(UUID.class, "randomUUID");

    @ArchTest
    static final ArchRule endpoints_are_package_private = classes()
            .that()
            .resideInAPackage(REGISTRATION)
            .and()
            .haveSimpleNameEndingWith("Controller")
            .or()
            .haveSimpleNameEndingWith("Listener")
            .and()
            .resideInAPackage(REGISTRATION)
            .should()
            .notBePublic();
}
